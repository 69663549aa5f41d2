// The page: takes a picture, has it recognised, and shows the result.

import { showAnswer } from "./answer.js";
import { makeBox } from "./box.js";
import { drawFile } from "./picture.js";
import { describe, recognise } from "./recognise.js";
import { UserError } from "./user_error.js";
import { limits } from "./words.js";

// While keys are held down, one result at the end is enough.
const PAUSE_MS = 200;
// Quicker results need no message, which a screen reader would read out each time.
const PROGRESS_MS = 500;

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
    // The box or its button had the focus and is gone.
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
    : "If the sign is only part of the picture, draw a box around it or tap it.";
}

/** Recognise the picture and show the result, unless a newer request has started by then. */
async function ask() {
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  const at = box.get();
  const progress = setTimeout(() => say("Recognising the sign …"), PROGRESS_MS);
  element("answer").setAttribute("aria-busy", "true");
  try {
    const prediction = await recognise(canvas, at, signal);
    if (!signal.aborted) {
      showError("");
      showAnswer(prediction, canvas, at);
    }
  } catch (error) {
    if (!signal.aborted) {
      showError(messageOf(error));
      element("answer").hidden = true;
    }
  } finally {
    clearTimeout(progress);
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
      const problem = files.length === 0 ? "That is not a picture" : `These are ${files.length} files`;
      throw new UserError(`${problem}. Drop, paste or choose a single picture.`);
    }
    // Decoded on another canvas: a file that is not a picture must not replace the current one.
    const decoded = document.createElement("canvas");
    await drawFile(files[0], decoded);
    if (number !== taken) {
      return;
    }
    canvas.width = decoded.width;
    canvas.height = decoded.height;
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(decoded, 0, 0);
  } catch (error) {
    // The current picture and its result stay.
    showError(messageOf(error));
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

function messageOf(error) {
  // Anything else is a bug; its message helps whoever looks into it.
  return error instanceof UserError ? error.message : `Something went wrong on this page (${error.message}). Reload it and try again.`;
}

for (const id of ["choose", "photograph"]) {
  element(id).addEventListener("change", ({ target }) => {
    if (target.files.length > 0) {
      take([...target.files]);
    }
    // So that choosing the same file again counts as a change.
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
  const { about, privacy, classes, threshold } = await describe();
  element("about").textContent = about;
  element("privacy").textContent = privacy;
  element("count").textContent = classes;
  if (threshold !== null) {
    element("limits").textContent = limits(threshold);
  }
} catch (error) {
  showError(messageOf(error));
}
