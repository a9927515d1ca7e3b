// <input type="search" data-sift="#list" data-none="No name fits">: leaves in sight only the boxes below #list whose
// words hold what was typed, and the groups (data-sift-group) that still show one. Boxes out of sight stay as they are.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function sift(field) {
  const list = document.querySelector(field.dataset.sift);
  const wanted = plain(field.value.trim());
  let found = 0;
  for (const box of list.querySelectorAll(".form-check")) {
    box.hidden = wanted !== "" && !plain(box.textContent).includes(wanted);
    if (!box.hidden) found += 1;
  }
  for (const group of list.querySelectorAll("[data-sift-group]")) {
    group.hidden = wanted !== "" && !group.querySelector(".form-check:not([hidden])");
  }
  const status = field.parentElement.querySelector("[role=status]");
  if (status) status.textContent = found ? "" : field.dataset.none;
}

for (const field of document.querySelectorAll("[data-sift]")) {
  field.addEventListener("input", () => sift(field));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would save the form
  });
  if (field.value) sift(field);
  field.parentElement.hidden = false; // without scripts it would do nothing
}
