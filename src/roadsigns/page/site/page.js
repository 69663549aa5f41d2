// The page: takes a picture, has it recognised, and shows the result.

import { showAnswer } from "./answer.js";
import { makeBox } from "./box.js";
import { makeExplanation } from "./explanation.js";
import { makeFound } from "./found.js";
import { drawFile } from "./picture.js";
import { describe, detect, explain, recognise } from "./recognise.js";
import { UserError } from "./user_error.js";
import { foundWords, limits } from "./words.js";

// While keys are held down, one result at the end is enough.
const PAUSE_MS = 200;
// Quicker results need no message, which a screen reader would read out each time.
const PROGRESS_MS = 500;
// A larger picture is taken for a street. The largest of GTSRB's single signs have 243 pixels.
const LARGEST_SINGLE = 300;

const element = (id) => document.getElementById(id);
const canvas = element("canvas");
const numbers = ["x1", "y1", "x2", "y2"].map(element);
const box = makeBox({ stage: element("stage"), element: element("box"), numbers }, boxChanged);
const found = makeFound(
  { stage: element("stage"), marks: element("marks"), list: element("found"), answer: element("answer") },
  ({ prediction, box: at }) => show(prediction, rounded(at)),
);
const explanation = makeExplanation(
  (signal, progress) => explain(canvas, shown.box, shown.prediction, signal, progress),
  (error) => showError(messageOf(error)),
);
const described = describe();
// Whether all signs are looked for, and what was found in the picture; null before.
let street = false;
let signs = null;
// The prediction that is shown, and its box.
let shown = null;
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
  element("hint").textContent = street
    ? "A sign was overlooked? Switch to “one sign”, and draw a box around it."
    : there
    ? "Drag the box or its corners until it fits the sign closely."
    : "If the sign is only part of the picture, draw a box around it or tap it.";
}

/** Do something with the picture, and show the result unless something newer has started by then. */
async function attempt(words, work, show) {
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  const tell = () => {
    say(words);
    element("searched").hidden = !street;
  };
  // A search takes a while, and in the browser it would hold up the message.
  const progress = street ? tell() : setTimeout(tell, PROGRESS_MS);
  element(street ? "found" : "answer").setAttribute("aria-busy", "true");
  let said = "";
  try {
    const result = await work(signal);
    if (!signal.aborted) {
      showError("");
      said = show(result) ?? "";
    }
  } catch (error) {
    if (!signal.aborted) {
      showError(messageOf(error));
      found.clear();
    }
  } finally {
    clearTimeout(progress);
    if (!signal.aborted) {
      say(said);
      element("searched").hidden = true;
      for (const id of ["found", "answer"]) {
        element(id).removeAttribute("aria-busy");
      }
    }
  }
}

/** Recognise one sign: what is in the box, or the whole picture. */
function ask() {
  const at = box.get();
  return attempt(
    "Recognising the sign …",
    (signal) => recognise(canvas, at, signal),
    (prediction) => show(prediction, at),
  );
}

/** Show the result for a box, or for the whole picture. */
function show(prediction, at) {
  shown = { prediction, box: at };
  explanation.reset(prediction.decision === "unknown");
  showAnswer(prediction, canvas, at);
}

/** Find and recognise all signs. What was found once is kept, for whoever switches to one sign and back. */
function search() {
  return attempt(
    "Searching the picture for signs …",
    async (signal) => signs ?? detect(canvas, signal, (share) => (element("searched").value = share)),
    (result) => {
      signs = result;
      found.show(signs, canvas);
      return foundWords(signs);
    },
  );
}

/** Look for all signs of a street, or recognise one. */
function switchTo(all) {
  const chosen = found.get();
  street = all;
  clearTimeout(pause);
  element(all ? "all-signs" : "one-sign").checked = true;
  element("boxing").hidden = all;
  element("searched").removeAttribute("value");
  found.clear();
  box.reset(canvas);
  if (!all && chosen) {
    box.put(chosen.box);
  }
  showBoxButtons();
  return all ? search() : ask();
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
  const detects = await described.then((model) => model.detects, () => false);
  if (number !== taken) {
    return;
  }
  element("stage").style.setProperty("--ratio", canvas.width / canvas.height);
  canvas.setAttribute("aria-label", `Your picture, ${canvas.width} by ${canvas.height} pixels`);
  element("with-picture").hidden = false;
  document.body.classList.add("with-picture");
  signs = null;
  found.clear();
  const isStreet = detects && Math.max(canvas.width, canvas.height) > LARGEST_SINGLE;
  document.body.classList.toggle("street", isStreet);
  await switchTo(isStreet);
}

function rounded({ x1, y1, x2, y2 }) {
  return { x1: Math.round(x1), y1: Math.round(y1), x2: Math.round(x2), y2: Math.round(y2) };
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
element("all-signs").addEventListener("change", () => switchTo(true));
element("one-sign").addEventListener("change", () => switchTo(false));
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
  const { about, privacy, classes, threshold, detects } = await described;
  element("about").textContent = about;
  element("privacy").textContent = privacy;
  element("count").textContent = classes;
  element("modes").hidden = element("detector-limits").hidden = !detects;
  if (detects) {
    element("drop-words").textContent = "Drop or paste a picture here: a whole street, or one traffic sign.";
  }
  if (threshold !== null) {
    element("limits").textContent = limits(threshold);
  }
} catch (error) {
  showError(messageOf(error));
}
