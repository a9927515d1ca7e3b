// <form data-once>: a second press while the first is on its way does nothing. The server has the last word anyway.
const busy = new WeakSet();

function release(form) {
  busy.delete(form);
  for (const button of form.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (busy.has(form)) {
    event.preventDefault();
    return;
  }
  busy.add(form);
  // not `disabled`: a disabled button's own name and value would not be sent
  event.submitter?.setAttribute("aria-busy", "true");
  queueMicrotask(() => event.defaultPrevented && release(form));
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) release(form);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-once]");
  if (form) release(form);
});
