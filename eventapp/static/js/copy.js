// <button type="button" class="needs-js" data-copy="#link" data-copied="Copied" data-failed="Press Ctrl+C">
// copies the field's value or the element's text and says so in a status line beside it.
async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  const text = "value" in source ? source.value : source.textContent.trim();
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = false;
    source.select?.();
  }
  let status = button.nextElementSibling;
  if (!status?.matches("[data-copy-status]")) {
    status = document.createElement("span");
    status.dataset.copyStatus = "";
    status.setAttribute("role", "status");
    status.className = "small muted";
    button.after(status);
  }
  status.textContent = "";
  setTimeout(() => {
    status.textContent = (done ? button.dataset.copied : button.dataset.failed) ?? "";
  }, 50);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
  if (event.target.closest?.("[data-print]")) window.print();
});
