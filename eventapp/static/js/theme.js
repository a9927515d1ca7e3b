// Load this one in the head, without defer or module: it says "scripts run here" and sets the chosen colours
// before anything is drawn. Buttons: <button type="button" data-theme-set="light|dark|auto" aria-pressed="false">.
(() => {
  const root = document.documentElement;
  const key = "eventapp-theme";
  root.classList.add("js");

  const read = () => {
    try {
      return localStorage.getItem(key) || "auto";
    } catch {
      return "auto"; // storage may be forbidden; then the system's wish counts
    }
  };

  const show = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.bsTheme = choice;
    else delete root.dataset.bsTheme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice));
    }
  };

  show(read());
  document.addEventListener("DOMContentLoaded", () => show(read()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-set]");
    if (!button) return;
    try {
      localStorage.setItem(key, button.dataset.themeSet);
    } catch {
      // the choice then lasts for this page
    }
    show(button.dataset.themeSet);
  });
})();
