// Showing an answer: name, drawing, words, the five best.

import { certainty, doubts, percent } from "./words.js";

const element = (id) => document.getElementById(id);

/**
 * Show what was recognised.
 * @param {{class_id: number, name: string, name_de: string, probability: number, drawing: ?string}[]} top Best first.
 * @param {{width: number, height: number}} picture
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box
 */
export function showAnswer(top, picture, box) {
  const [best] = top;
  draw(element("drawing"), best.drawing);
  // The name stands beside it, so the drawing is described as what it is for.
  element("drawing").alt = `Drawing of the sign “${best.name}”`;
  element("name").textContent = best.name;
  element("name-de").textContent = best.name_de;
  element("certainty").textContent = certainty(top);
  element("notes").textContent = doubts(picture, box);
  element("top").replaceChildren(...top.map(listed));
  element("answer").hidden = false;
}

function listed({ name, probability, drawing }) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.alt = "";
  draw(image, drawing);
  const label = worded("span", "label", name);
  const share = worded("span", "share", percent(probability));
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.setAttribute("aria-hidden", "true");
  bar.append(document.createElement("span"));
  bar.firstChild.style.setProperty("--share", `${probability * 100}%`);
  item.append(image, label, share, bar);
  return item;
}

function worded(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/** A person's own classes have no drawing; nor has a broken one a place. */
function draw(image, source) {
  image.hidden = !source;
  image.onerror = () => {
    image.hidden = true;
  };
  if (source) {
    image.src = source;
  } else {
    image.removeAttribute("src");
  }
}
