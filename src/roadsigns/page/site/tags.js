// Where the names of signs stand on a picture: beside their boxes, on no other box or name, and within the picture.

const GAP = 2;

/**
 * Put the tag of each mark where there is room: whole, or else only its number. Marks without a name come last, and are in
 * nobody's way.
 */
export function placeTags(stage, marks) {
  const { left, top, width, height } = stage.getBoundingClientRect();
  if (width === 0) {
    return;
  }
  const within = (element) => {
    const area = element.getBoundingClientRect();
    return { x: area.left - left, y: area.top - top, width: area.width, height: area.height };
  };
  const boxes = new Map([...marks.children].map((mark) => [mark, within(mark)]));
  const isUnknown = (mark) => mark.classList.contains("unknown");
  const taken = [];
  for (const unknown of [false, true]) {
    const these = [...marks.children].filter((mark) => isUnknown(mark) === unknown);
    taken.push(...these.map((mark) => boxes.get(mark)));
    for (const mark of these) {
      taken.push(placeTag(mark, boxes.get(mark), within, taken, { width, height }));
    }
  }
}

function placeTag(mark, box, within, taken, picture) {
  const tag = mark.querySelector(".tag");
  tag.classList.remove("short");
  let place = room(box, within(tag), taken, picture);
  if (!place) {
    tag.classList.add("short");
    place = room(box, within(tag), taken, picture) ?? { ...within(tag), x: box.x, y: box.y };
  }
  tag.style.left = `${place.x - box.x - mark.clientLeft}px`;
  tag.style.top = `${place.y - box.y - mark.clientTop}px`;
  return place;
}

/**
 * A free place for something of a size beside a box.
 * @returns {?{x: number, y: number, width: number, height: number}} Null if there is none.
 */
export function room(box, { width, height }, taken, picture) {
  const [above, below] = [box.y - height - GAP, box.y + box.height + GAP];
  const [before, after] = [box.x - width - GAP, box.x + box.width + GAP];
  const inside = Math.max(0, Math.min(box.x, picture.width - width));
  const places = [
    ...[above, below].map((y) => ({ x: inside, y })),
    ...[after, before].map((x) => ({ x, y: box.y })),
    ...[above, below].map((y) => ({ x: box.x + box.width - width, y })),
    ...[after, before].map((x) => ({ x, y: box.y + box.height - height })),
  ].map((place) => ({ ...place, width, height }));
  const free = ({ x, y }) =>
    x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height &&
    taken.every((other) => x >= other.x + other.width || x + width <= other.x || y >= other.y + other.height || y + height <= other.y);
  return places.find(free) ?? null;
}
