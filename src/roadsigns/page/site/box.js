// The box around the sign: drawn with a pointer, placed by a tap, moved and resized by keys or in numbers.

const MIN_SIDE = 2;
// A tap or the button places a box of this fraction of the picture's shorter side.
const PLACED_SHARE = 0.3;
// A key moves the box by this fraction of the picture's longer side.
const KEY_SHARE = 0.01;
// A movement of fewer pixels on the screen is a tap, not a drag.
const TAP = 6;

/**
 * Make a box that the user can put on a picture.
 * @param {{stage: HTMLElement, element: HTMLElement, numbers: HTMLInputElement[]}} parts Numbers are x1, y1, x2, y2.
 * @param {() => void} changed Called after every change by the user.
 */
export function makeBox({ stage, element, numbers }, changed) {
  let size = { width: 1, height: 1 };
  let box = null;

  function show() {
    element.hidden = box === null;
    numbers.forEach((input, index) => {
      input.max = index % 2 === 0 ? size.width : size.height;
      input.value = box ? [box.x1, box.y1, box.x2, box.y2][index] : "";
    });
    if (box) {
      element.style.left = `${(100 * box.x1) / size.width}%`;
      element.style.top = `${(100 * box.y1) / size.height}%`;
      element.style.width = `${(100 * (box.x2 - box.x1)) / size.width}%`;
      element.style.height = `${(100 * (box.y2 - box.y1)) / size.height}%`;
      element.setAttribute("aria-label", `Box around the sign, from ${box.x1}, ${box.y1} to ${box.x2}, ${box.y2}`);
    }
  }

  function change(next) {
    box = next;
    show();
    changed();
  }

  function pointOf(event) {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return { x: ((event.clientX - left) / width) * size.width, y: ((event.clientY - top) / height) * size.height };
  }

  /** Follow a pointer until it is lifted; `follow` maps its first and its current point to a box. */
  function drag(event, target, follow) {
    const from = pointOf(event);
    const { clientX, clientY } = event;
    let far = false;
    target.setPointerCapture(event.pointerId);
    const move = (next) => {
      far ||= Math.hypot(next.clientX - clientX, next.clientY - clientY) >= TAP;
      if (far) {
        box = follow(from, pointOf(next));
        show();
      }
    };
    const stop = () => {
      target.removeEventListener("pointermove", move);
      target.removeEventListener("pointerup", stop);
      target.removeEventListener("pointercancel", stop);
      if (far) {
        changed();
      }
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", stop);
    target.addEventListener("pointercancel", stop);
    return () => far;
  }

  let drew = () => false;
  stage.addEventListener("pointerdown", (event) => {
    drew = () => false;
    // A finger on the picture scrolls the page; a tap places a box, and its corners resize it.
    if (event.button === 0 && event.pointerType !== "touch") {
      drew = drag(event, stage, (from, to) => between(from, to, size));
    }
  });
  stage.addEventListener("click", (event) => {
    if (!drew() && !element.contains(event.target)) {
      change(around(pointOf(event), size));
    }
  });
  element.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    if (event.button !== 0) {
      return;
    }
    const start = box;
    const corner = event.target.dataset.corner;
    drag(event, element, (from, to) => {
      const by = { x: to.x - from.x, y: to.y - from.y };
      return corner ? cornered(start, corner, by, size) : moved(start, by, size);
    });
  });
  element.addEventListener("click", (event) => event.stopPropagation());
  element.addEventListener("keydown", (event) => {
    const next = keyed(box, event, size);
    if (next !== undefined) {
      event.preventDefault();
      change(next);
    }
  });
  for (const input of numbers) {
    input.addEventListener("change", () => {
      const [x1, y1, x2, y2] = numbers.map((number) => number.valueAsNumber);
      if ([x1, y1, x2, y2].every(Number.isFinite)) {
        change(between({ x: x1, y: y1 }, { x: x2, y: y2 }, size));
      }
    });
  }

  return {
    get: () => box,
    /** Remove the box, for a new picture. */
    reset: (picture) => {
      size = { width: picture.width, height: picture.height };
      box = null;
      show();
    },
    /** Put it around something, without a call of `changed`. */
    put: ({ x1, y1, x2, y2 }) => {
      box = between({ x: x1, y: y1 }, { x: x2, y: y2 }, size);
      show();
    },
    remove: () => change(null),
    place: () => {
      change(around({ x: size.width / 2, y: size.height / 2 }, size));
      element.focus();
    },
  };
}

const clamp = (value, least, most) => Math.min(Math.max(Math.round(value), least), most);

/** The box between two points in any order: whole pixels inside the picture, at least two wide and two high. */
function between(from, to, { width, height }) {
  const x1 = clamp(Math.min(from.x, to.x), 0, width - MIN_SIDE);
  const y1 = clamp(Math.min(from.y, to.y), 0, height - MIN_SIDE);
  const x2 = clamp(Math.max(from.x, to.x), x1 + MIN_SIDE, width);
  const y2 = clamp(Math.max(from.y, to.y), y1 + MIN_SIDE, height);
  return { x1, y1, x2, y2 };
}

function around({ x, y }, size) {
  const half = (PLACED_SHARE * Math.min(size.width, size.height)) / 2;
  return moved(between({ x: 0, y: 0 }, { x: 2 * half, y: 2 * half }, size), { x: x - half, y: y - half }, size);
}

function moved({ x1, y1, x2, y2 }, by, { width, height }) {
  const x = clamp(x1 + by.x, 0, width - (x2 - x1));
  const y = clamp(y1 + by.y, 0, height - (y2 - y1));
  return { x1: x, y1: y, x2: x + x2 - x1, y2: y + y2 - y1 };
}

function cornered({ x1, y1, x2, y2 }, corner, by, size) {
  const [still, pulled] = [{}, {}];
  [still.x, pulled.x] = corner.includes("left") ? [x2, Math.min(x1 + by.x, x2)] : [x1, Math.max(x2 + by.x, x1)];
  [still.y, pulled.y] = corner.includes("top") ? [y2, Math.min(y1 + by.y, y2)] : [y1, Math.max(y2 + by.y, y1)];
  return between(still, pulled, size);
}

/** The box after a key; null if the key removes it, undefined for any other key. */
function keyed(box, { key, shiftKey, ctrlKey, altKey, metaKey }, size) {
  const step = Math.max(1, Math.round(KEY_SHARE * Math.max(size.width, size.height)));
  const arrows = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (!box || ctrlKey || altKey || metaKey) {
    return undefined;
  }
  if (key in arrows) {
    const [x, y] = arrows[key];
    return shiftKey ? cornered(box, "right bottom", { x, y }, size) : moved(box, { x, y }, size);
  }
  const grow = { "+": step, "=": step, "-": -step }[key];
  if (grow) {
    const opposite = { x: Math.max(box.x2 + grow, box.x1 + MIN_SIDE), y: Math.max(box.y2 + grow, box.y1 + MIN_SIDE) };
    return between({ x: Math.min(box.x1 - grow, box.x2 - MIN_SIDE), y: Math.min(box.y1 - grow, box.y2 - MIN_SIDE) }, opposite, size);
  }
  return key === "Delete" || key === "Backspace" || key === "Escape" ? null : undefined;
}
