// Shows the country's or the organisation's fields according to the field named "represents".
// Elements carry data-represents="country" or "organisation" (or both words). Without scripts all are visible.
function chosen(form) {
  const field = form.elements.namedItem("represents");
  return field ? field.value : "";
}

function show(form) {
  const choice = chosen(form);
  for (const part of form.querySelectorAll("[data-represents]")) {
    const fits = !choice || part.dataset.represents.split(" ").includes(choice);
    part.hidden = !fits;
    for (const field of part.querySelectorAll("input, select, textarea")) {
      if (!fits && !field.disabled) field.dataset.asleep = "";
      if (fits && "asleep" in field.dataset) delete field.dataset.asleep;
      else if (fits) continue;
      field.disabled = !fits;
    }
  }
}

function start(root) {
  const forms = new Set([...root.querySelectorAll("[data-represents]")].map((part) => part.closest("form")));
  for (const form of forms) {
    if (!form) continue;
    show(form);
    if ("representsReady" in form.dataset) continue;
    form.dataset.representsReady = "";
    form.addEventListener("change", (event) => event.target.name === "represents" && show(form));
    form.addEventListener("reset", () => setTimeout(() => show(form)));
  }
}

start(document);
window.addEventListener("pageshow", () => start(document));
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
