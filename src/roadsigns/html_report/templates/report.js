"use strict";
// Sorts lists, shows the pair under the pointer, and filters the misread images. Without it, all is still there.

const gallery = document.getElementById("gallery");
const filter = document.getElementById("filter");
const showAll = document.getElementById("show-all");
const readout = document.getElementById("confusion-readout");

for (const select of document.querySelectorAll("select[data-sort]")) {
  select.addEventListener("change", () => {
    const list = document.getElementById(select.dataset.sort);
    const place = (item) => Number(item.dataset[select.value]);
    const begin = (item) => Number(item.dataset.order);
    list.append(...[...list.children].sort((a, b) => place(a) - place(b) || begin(a) - begin(b)));
  });
}

function show(wanted, words) {
  let shown = 0;
  for (const article of gallery.children) {
    let any = false;
    for (const item of article.querySelectorAll("li")) {
      const fits = wanted(item);
      item.hidden = !fits;
      any ||= fits;
      shown += fits;
    }
    article.hidden = !any;
  }
  filter.textContent = words && `${words}: ${shown} shown.`;
  showAll.hidden = !words;
}

if (gallery) {
  for (const link of document.querySelectorAll("a[data-truth]")) {
    link.addEventListener("click", (event) => {
      const { truth, read } = link.dataset;
      const words = link.getAttribute("aria-label") || link.closest("tr, li").innerText.replace(/\s+/g, " ");
      show((item) => item.dataset.truth === truth && item.dataset.read === read, words);
      // A screen reader goes on where the images are; following the link would take it to the section's heading.
      event.preventDefault();
      document.getElementById("misread").scrollIntoView();
      filter.focus({ preventScroll: true });
    });
  }
  showAll.addEventListener("click", () => { show(() => true, ""); gallery.scrollIntoView(); });
}

if (readout) {
  const say = (event) => {
    const cell = event.target.closest("[title]");
    if (cell) readout.textContent = `${cell.title}.`;
  };
  const matrix = document.querySelector(".matrix");
  matrix.addEventListener("mouseover", say);
  matrix.addEventListener("focusin", say);
}
