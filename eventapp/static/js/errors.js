// After a refused form the summary gets the focus, and its links go to the field itself, not only to its place.
const summary = document.querySelector(".errsum, .error-box");
summary?.focus();

summary?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const inside = field.matches("input, select, textarea, button") ? field : field.querySelector("input, select, textarea");
  (field.closest(".fld") ?? field).scrollIntoView({ block: "start" });
  (inside ?? field).focus({ preventScroll: true });
});
