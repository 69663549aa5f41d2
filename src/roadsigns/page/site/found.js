// The signs that were found in a picture: marked on it, and listed beside it. Choosing one shows its result.

import { placeTags } from "./tags.js";
import { foundCertainty, shortTitle, title } from "./words.js";

const CUT_OUT_PIXELS = 88;

/**
 * Make the marks and the list.
 * @param {{stage: HTMLElement, marks: HTMLElement, list: HTMLElement, answer: HTMLElement}} parts The answer is put below the
 *   chosen sign in the list.
 * @param {(sign: object) => void} show Called with the chosen sign, before its answer is shown.
 */
export function makeFound({ stage, marks, list, answer }, show) {
  const answerPlace = answer.parentElement;
  let signs = [];
  let chosen = null;

  // The picture under the marks takes a tap for a box.
  for (const kind of ["pointerdown", "click"]) {
    marks.addEventListener(kind, (event) => event.stopPropagation());
  }
  new ResizeObserver(() => placeTags(stage, marks)).observe(stage);

  /** Choose a sign by its number; null for none. */
  function choose(index) {
    chosen = index;
    [...marks.children].forEach((mark, number) => mark.setAttribute("aria-pressed", number === index));
    [...list.children].forEach((item, number) => item.firstChild.setAttribute("aria-expanded", number === index));
    answer.hidden = index === null;
    if (index !== null) {
      list.children[index].append(answer);
      show(signs[index]);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  const toggle = (index) => choose(chosen === index ? null : index);

  function clear() {
    chosen = null;
    answer.hidden = true;
    answerPlace.append(answer);
    marks.replaceChildren();
    list.replaceChildren();
    marks.hidden = list.hidden = true;
  }

  return {
    /** The chosen sign; null if there is none. */
    get: () => (chosen === null ? null : signs[chosen]),
    clear,
    /** Show what was found in a picture. */
    show: (found, canvas) => {
      clear();
      signs = found;
      marks.hidden = list.hidden = signs.length === 0;
      marks.append(...signs.map((sign, index) => mark(sign, index, canvas, () => toggle(index))));
      list.append(...signs.map((sign, index) => item(sign, index, canvas, () => toggle(index))));
      placeTags(stage, marks);
      if (signs.length === 1) {
        choose(0);
      }
    },
  };
}

/** A box on the picture, with a tag beside it. */
function mark({ box, prediction }, index, { width, height }, toggle) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `mark ${prediction.decision ?? ""}`.trimEnd();
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", `Sign ${index + 1}: ${title(prediction)}`);
  button.style.left = `${(100 * box.x1) / width}%`;
  button.style.top = `${(100 * box.y1) / height}%`;
  button.style.width = `${(100 * (box.x2 - box.x1)) / width}%`;
  button.style.height = `${(100 * (box.y2 - box.y1)) / height}%`;
  const tag = textElement("span", "tag", String(index + 1));
  tag.append(textElement("span", "tag-name", ` ${shortTitle(prediction)}`.trimEnd()));
  button.append(tag);
  button.addEventListener("click", toggle);
  return button;
}

/** An entry of the list: the sign as it was found, its drawing, its name. */
function item(sign, index, canvas, toggle) {
  const made = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const words = document.createElement("span");
  words.append(textElement("span", "found-name", `${index + 1}. ${title(sign.prediction)}`));
  words.append(textElement("span", "found-score", foundCertainty(sign)));
  button.append(cutOut(sign.box, canvas), words);
  button.addEventListener("click", toggle);
  made.append(button);
  return made;
}

function cutOut({ x1, y1, x2, y2 }, canvas) {
  const side = 1.2 * Math.max(x2 - x1, y2 - y1, 1);
  const cut = document.createElement("canvas");
  cut.width = cut.height = CUT_OUT_PIXELS;
  cut.setAttribute("aria-hidden", "true");
  const context = cut.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, (x1 + x2 - side) / 2, (y1 + y2 - side) / 2, side, side, 0, 0, CUT_OUT_PIXELS, CUT_OUT_PIXELS);
  return cut;
}

function textElement(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
