// The button “What decided?” and what it shows: the sign as the network sees it, and the heat map over it.

import { heatPixels, isDark, signPixels, whereWords } from "./heat_map.js";

// In pixels of the screen that a sign's picture has at least.
const SIDE = 288;

const element = (id) => document.getElementById(id);

/**
 * Wire the button.
 * @param {(signal: AbortSignal, progress: (share: number) => void) => Promise<{sign: Uint8Array, values: Float32Array, size: number, name: string}>} explain
 *   Explains what is shown.
 * @param {(error: Error) => void} fail Shows an error.
 * @returns {{reset: (isUnknown: boolean) => void}} Call it when another result is shown.
 */
export function makeExplanation(explain, fail) {
  let latest = new AbortController();
  let unknown = false;

  function reset(isUnknown) {
    latest.abort();
    unknown = isUnknown;
    element("explained").hidden = element("explaining").hidden = true;
    element("explain").disabled = false;
    say("");
  }

  async function show() {
    latest = new AbortController();
    const { signal } = latest;
    // Disabled, a button would lose the focus.
    element("explaining").removeAttribute("value");
    element("explaining").hidden = false;
    say("Looking for what decided …");
    try {
      const result = await explain(signal, (share) => (element("explaining").value = share));
      if (!signal.aborted) {
        draw(result);
        say(wordsOf(result, unknown));
        element("explained").hidden = false;
      }
    } catch (error) {
      if (!signal.aborted) {
        say("");
        fail(error);
      }
    } finally {
      if (!signal.aborted) {
        element("explaining").hidden = true;
      }
    }
  }

  element("explain").addEventListener("click", () => {
    // Pressed twice, the first is done.
    latest.abort();
    show();
  });
  return { reset };
}

function say(words) {
  element("explanation-words").textContent = words;
}

function draw({ sign, values, size }) {
  const scale = Math.max(1, Math.round(SIDE / size));
  element("seen").textContent = `As the model sees it${isDark(sign) ? ", brightened" : ""}`;
  for (const [id, pixels] of [["sign", signPixels(sign, size, scale)], ["heat", heatPixels(sign, values, size, scale)]]) {
    element(id).width = element(id).height = pixels.width;
    element(id).getContext("2d").putImageData(pixels, 0, 0);
  }
}

function wordsOf({ values, size, name }, isUnknown) {
  const where = whereWords(values, size);
  if (!where) {
    return `No part of the sign supports “${name}”.`;
  }
  const what = isUnknown ? `What looks like “${name}” is` : `What most supports “${name}” is`;
  return `${what} ${where}. This says where the model looked, not why, and not how sure it is.`;
}
