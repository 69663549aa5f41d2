// Showing a result: the drawing and the name, or that it is uncertain or unknown, and the most likely signs.

import { certainty, doubts, percent, title, verdict } from "./words.js";

const element = (id) => document.getElementById(id);

/**
 * Show a result.
 * @param {object} prediction
 * @param {{class_id: number, name: string, name_de: string, probability: number, drawing: ?string}[]} prediction.top Best
 *   first.
 * @param {?string} prediction.decision "known", "uncertain" or "unknown"; null where the model does not decide.
 * @param {?number} prediction.knownScore How sure the model is that the picture shows one of its signs, 0 to 1; null where
 *   it cannot say.
 * @param {?string} prediction.unknownKind What an unknown picture shows.
 * @param {{name: string}[]} prediction.candidates Among which an uncertain sign is, best first.
 * @param {{width: number, height: number}} picture
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box
 */
export function showAnswer(prediction, picture, box) {
  const { top, decision } = prediction;
  const [best] = top;
  const unknown = decision === "unknown";
  const named = !unknown && decision !== "uncertain";
  draw(element("drawing"), named ? best.drawing : null);
  // The name is beside it, so the description says that this is a drawing.
  element("drawing").alt = `Drawing of the sign “${best.name}”`;
  element("name").textContent = title(prediction);
  element("name-de").textContent = named ? best.name_de : "";
  element("certainty").textContent = certainty(prediction);
  element("verdict").textContent = verdict(prediction);
  element("top-heading").textContent = heading(unknown, top.length);
  element("notes").textContent = doubts(picture, box);
  element("top").replaceChildren(...top.map((sign) => listItem(sign, !unknown)));
  element("answer").hidden = false;
}

function heading(unknown, count) {
  if (unknown) {
    return "The most similar known signs";
  }
  // A model may have fewer classes.
  return count === 5 ? "The five most likely signs" : "The most likely signs";
}

/** Probabilities are shown only where they hold: given that the picture shows one of the signs. */
function listItem({ name, probability, drawing }, withProbability) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.alt = "";
  draw(image, drawing);
  const label = textElement("span", "label", name);
  const share = textElement("span", "share", percent(probability));
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.setAttribute("aria-hidden", "true");
  bar.append(document.createElement("span"));
  bar.firstChild.style.setProperty("--share", `${probability * 100}%`);
  item.append(image, label, ...(withProbability ? [share, bar] : []));
  return item;
}

function textElement(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Custom classes have no drawing; one that does not load is hidden. */
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
