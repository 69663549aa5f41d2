
// Lists in another order: the values of data-KEY, small to large.
for (const select of document.querySelectorAll("select[data-sort]")) {
  const list = document.getElementById(select.dataset.sort);
  select.addEventListener("change", () => {
    const key = select.value;
    list.append(...[...list.children].sort((a, b) => a.dataset[key] - b.dataset[key]));
  });
}
