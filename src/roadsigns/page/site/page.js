// The page: takes a picture, asks "recognise" about it, shows the answer.

import { showAnswer } from "./answer.js";
import { makeBox } from "./box.js";
import { drawFile } from "./picture.js";
import { describe, recognise } from "./recognise.js";
import { Refused } from "./refused.js";

// While keys are held, one answer at the end is enough.
const PAUSE_MS = 200;
// Faster answers need no word of patience, which a screen reader would read out each time.
const PATIENCE_MS = 500;

const element = (id) => document.getElementById(id);
const canvas = element("canvas");
const numbers = ["x1", "y1", "x2", "y2"].map(element);
const box = makeBox({ stage: element("stage"), element: element("box"), numbers }, boxChanged);
let latest = new AbortController();
let pause = 0;
let taken = 0;

function boxChanged() {
  showBoxButtons();
  if (box.get() === null) {
    // What had the focus, the box or its button, is gone.
    element("add-box").focus();
  }
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE_MS);
}

function showBoxButtons() {
  const there = box.get() !== null;
  element("add-box").hidden = there;
  element("remove-box").hidden = !there;
  element("hint").textContent = there
    ? "Drag the box or its corners until it fits the sign closely."
    : "Is the sign only a part of the picture? Draw a box around it, or tap it.";
}

/** Ask about the picture and show the answer, unless something newer is asked meanwhile. */
async function ask() {
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  const at = box.get();
  const patience = setTimeout(() => say("Looking at the picture …"), PATIENCE_MS);
  element("answer").setAttribute("aria-busy", "true");
  try {
    const top = await recognise(canvas, at, signal);
    if (!signal.aborted) {
      showError("");
      showAnswer(top, canvas, at);
    }
  } catch (error) {
    if (!signal.aborted) {
      showError(wordsOf(error));
      element("answer").hidden = true;
    }
  } finally {
    clearTimeout(patience);
    if (!signal.aborted) {
      say("");
      element("answer").removeAttribute("aria-busy");
    }
  }
}

async function take(files) {
  const number = ++taken;
  try {
    if (files.length !== 1) {
      const came = files.length === 0 ? "That was no picture" : `${files.length} files came`;
      throw new Refused(`${came}. Expected one picture: copy or drop it itself, or choose its file.`);
    }
    // Decoded aside: a file that is none must not spoil the picture that is there.
    const decoded = document.createElement("canvas");
    await drawFile(files[0], decoded);
    if (number !== taken) {
      return;
    }
    canvas.width = decoded.width;
    canvas.height = decoded.height;
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(decoded, 0, 0);
  } catch (error) {
    // What is there stays, picture and answer.
    showError(wordsOf(error));
    return;
  }
  clearTimeout(pause);
  element("stage").style.setProperty("--ratio", canvas.width / canvas.height);
  canvas.setAttribute("aria-label", `Your picture, ${canvas.width} by ${canvas.height} pixels`);
  element("with-picture").hidden = false;
  document.body.classList.add("with-picture");
  box.reset(canvas);
  showBoxButtons();
  await ask();
}

function say(words) {
  element("progress").textContent = words;
}

function showError(words) {
  element("error").textContent = words;
  element("error").hidden = words === "";
  if (words) {
    element("error").scrollIntoView({ block: "nearest" });
  }
}

function wordsOf(error) {
  // What is not ours to explain is a fault of the page; its own words help whoever looks into it.
  return error instanceof Refused ? error.message : `The page failed (${error.message}). Reload it and try again.`;
}

for (const id of ["choose", "photograph"]) {
  element(id).addEventListener("change", ({ target }) => {
    if (target.files.length > 0) {
      take([...target.files]);
    }
    // So that choosing the same file again is a change.
    target.value = "";
  });
}
element("add-box").addEventListener("click", () => box.place());
element("remove-box").addEventListener("click", () => box.remove());
document.addEventListener("paste", (event) => {
  if (!(event.target instanceof HTMLInputElement && event.target.type === "number")) {
    take([...event.clipboardData.files]);
  }
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  element("drop").classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) {
    element("drop").classList.remove("over");
  }
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  element("drop").classList.remove("over");
  take([...event.dataTransfer.files]);
});

try {
  const { about, privacy, classes } = await describe();
  element("about").textContent = about;
  element("privacy").textContent = privacy;
  element("count").textContent = classes;
} catch (error) {
  showError(wordsOf(error));
}
