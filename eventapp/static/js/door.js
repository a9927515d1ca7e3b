// The door: after a check-in the field is empty and has the focus again; Enter goes to the one person who was found.
//   <form data-door-search> with the field #q, <div id="found"> with <form data-door> for each person
const field = document.getElementById("q");
const search = document.querySelector("[data-door-search]");
let goesToFirst = false;

// Of several people none is chosen: a second Enter, pressed too soon, must not let in whoever stands first.
function only() {
  const found = document.querySelectorAll("#found li");
  return found.length === 1 ? found[0].querySelector("button, summary, .btn") : null;
}

if (field && search) {
  search.addEventListener("submit", () => {
    goesToFirst = true;
  });
  field.addEventListener("input", () => {
    goesToFirst = false;
    document.getElementById("verdict").replaceChildren(); // it spoke of somebody else
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "found") return;
    // how many there are is read out, not every name again with every letter
    document.getElementById("said").textContent = document.querySelector("[data-door-count]")?.textContent ?? "";
    if (!goesToFirst) return;
    goesToFirst = false;
    only()?.focus();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    // an answer to what was typed before must not come in after the answer to the press
    if (event.target.matches("[data-door]")) window.htmx.trigger(search, "htmx:abort");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "verdict") return;
    field.value = "";
    search.scrollIntoView({ block: "start" }); // the line that says who is in stands right below the field
    field.focus({ preventScroll: true });
  });
}
