// A list with a box at each row: one box for all, a range with Shift, and the number picked in the bulk bar.
//   <form data-bulk> ... <div class="bulkbar" data-bulk-bar><strong data-bulk-count data-other="{count} selected">
//   <input type="checkbox" data-bulk-all hidden> in the head, <input type="checkbox" data-bulk-item> in the rows
//   buttons with data-bulk-action rest while nothing is picked
const plural = new Intl.PluralRules(document.documentElement.lang || "en");

function counted(element, count) {
  const text = element.dataset[plural.select(count)] ?? element.dataset.other ?? "{count}";
  return text.replace("{count}", new Intl.NumberFormat(`${document.documentElement.lang || "en"}-u-nu-latn`).format(count));
}

function update(list) {
  const items = [...list.querySelectorAll("[data-bulk-item]")];
  const picked = items.filter((item) => item.checked);
  for (const item of items) item.closest("tr, li")?.classList.toggle("sel", item.checked);
  for (const all of list.querySelectorAll("[data-bulk-all]")) {
    all.hidden = false;
    all.checked = items.length > 0 && picked.length === items.length;
    all.indeterminate = picked.length > 0 && picked.length < items.length;
  }
  for (const bar of list.querySelectorAll("[data-bulk-bar]")) bar.toggleAttribute("data-empty", picked.length === 0);
  for (const button of list.querySelectorAll("[data-bulk-action]")) button.disabled = picked.length === 0;
  for (const place of list.querySelectorAll("[data-bulk-count]")) {
    const text = counted(place, picked.length);
    if (place.textContent !== text) place.textContent = text;
  }
}

const last = new WeakMap();

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-bulk-item], [data-bulk-all]");
  const list = box?.closest("[data-bulk]");
  if (!list) return;
  const items = [...list.querySelectorAll("[data-bulk-item]")];
  if (box.matches("[data-bulk-all]")) {
    for (const item of items) item.checked = box.checked;
  } else {
    const from = items.indexOf(last.get(list));
    const to = items.indexOf(box);
    if (event.shiftKey && from >= 0) {
      for (const item of items.slice(Math.min(from, to), Math.max(from, to) + 1)) item.checked = box.checked;
    }
    last.set(list, box);
  }
  update(list);
});

function start() {
  for (const list of document.querySelectorAll("[data-bulk]")) update(list);
}

start();
window.addEventListener("pageshow", start);
document.addEventListener("htmx:load", start);
