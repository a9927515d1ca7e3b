// The door: after a check-in the field is empty and has the focus again; Enter goes to the first person who was found.
//   <form data-door-search> with the field #q, <div id="found"> with <form data-door> for each person
const field = document.getElementById("q");
const search = document.querySelector("[data-door-search]");
let goesToFirst = false;

function first() {
  return document.querySelector("#found :is(button, summary, .btn)");
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
    if (event.target.id !== "found" || !goesToFirst) return;
    goesToFirst = false;
    first()?.focus();
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
