// Menus made of <details>: Escape closes and gives the focus back, a press elsewhere closes.
const menus = "details:is(.dropmenu, .dl, .menu, .deskmenu)[open]";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const open = event.target.closest?.(menus);
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details:is(.dropmenu, .dl)[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
