// A long <select data-combobox> becomes a field to type in, with a list below (ARIA APG: editable combobox with a
// listbox). The select stays in the form and is what is sent; without scripts it is simply a select.
//
// On the select: data-none="No match" data-count-other="{count} results" (also -zero -one -two -few -many);
// on an option: data-keys="other names and codes to find it by".
const lang = document.documentElement.lang || "en";
const plural = new Intl.PluralRules(lang);
const letters = { æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", ı: "i", ß: "ss", þ: "th", ٱ: "ا", ى: "ي", ة: "ه", ک: "ك", ی: "ي" };

export function plain(text) {
  return text
    .toLocaleLowerCase(lang)
    .normalize("NFKD")
    .replace(/[\p{M}\u0640]/gu, "")
    .replace(/[æœøđðłıßþٱىةکی]/g, (letter) => letters[letter])
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

// Words with what may stand before them taken off: "الصين" is found by "صين".
function words(text) {
  return plain(text)
    .split(" ")
    .flatMap((word) => (/^ال\p{L}{2}/u.test(word) ? [word, word.slice(2)] : [word]));
}

// 0 begins with it, 1 every typed word begins a word, 2 it stands somewhere inside; -1 no
export function rank(entry, query) {
  if (!query) return 0;
  if (entry.text.startsWith(query) || entry.words.includes(query)) return 0;
  if (query.split(" ").every((part) => entry.words.some((word) => word.startsWith(part)))) return 1;
  return entry.text.includes(query) ? 2 : -1;
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.active = -1;
    this.shown = [];
    this.entries = [...select.options]
      .filter((option) => option.value !== "")
      .map((option) => ({
        option,
        text: plain(option.label),
        words: words(`${option.label} ${option.dataset.keys ?? ""}`),
        group: option.parentElement.matches("optgroup") ? option.parentElement.label : "",
      }));
    this.build();
    this.listen();
    this.sync();
  }

  build() {
    const { select } = this;
    const id = select.id;
    const blank = [...select.options].find((option) => option.value === "");
    this.box = make("div", { class: "combo" });
    this.input = make("input", {
      type: "text", id, class: "form-control combo__input", role: "combobox", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`,
      placeholder: blank?.label ?? "",
    });
    for (const name of ["aria-describedby", "aria-invalid", "aria-labelledby"]) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    }
    if (select.required) this.input.setAttribute("aria-required", "true");
    select.required = false; // a hidden field could not show the browser's own complaint; the server checks
    this.input.disabled = select.disabled;
    this.list = make("ul", { class: "combo__list", id: `${id}-list`, role: "listbox", hidden: "" });
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    if (label) {
      label.id ||= `${id}-label`;
      this.list.setAttribute("aria-labelledby", label.id);
    }
    this.status = make("div", { class: "visually-hidden", role: "status" });
    select.id = `${id}-select`;
    select.hidden = true;
    select.before(this.box);
    this.box.append(this.input, this.list, this.status, select);
  }

  listen() {
    const { input, list, select } = this;
    input.addEventListener("input", () => this.open(input.value));
    input.addEventListener("click", () => (this.isOpen ? this.close() : this.open("")));
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.leave());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose(this.shown[Number(item.dataset.at)]);
    });
    select.addEventListener("change", () => this.sync());
    select.form?.addEventListener("reset", () => setTimeout(() => this.sync()));
    new MutationObserver(() => {
      input.disabled = select.disabled;
    }).observe(select, { attributes: true, attributeFilter: ["disabled"] });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  key(event) {
    const { key } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) this.open(this.isChosen() ? "" : this.input.value, key === "ArrowUp" && !event.altKey ? "last" : "first");
      else if (event.altKey) this.close();
      else if (key === "ArrowDown") this.move(this.active + 1);
      else this.move(this.active > 0 ? this.active - 1 : this.shown.length - 1);
    } else if (key === "Enter" && this.isOpen) {
      event.preventDefault();
      const only = this.shown.length === 1 ? 0 : this.active;
      if (this.shown[only]) this.choose(this.shown[only]);
    } else if (key === "Escape" && (this.isOpen || this.input.value)) {
      event.preventDefault();
      if (this.isOpen) this.close();
      else this.clear();
    } else if ((key === "PageDown" || key === "PageUp") && this.isOpen) {
      event.preventDefault();
      const to = this.active + (key === "PageDown" ? 8 : -8);
      this.move(Math.max(0, Math.min(this.shown.length - 1, to)));
    } else if (key === "Tab" && this.isOpen && this.active >= 0) {
      this.choose(this.shown[this.active]);
    }
  }

  open(typed, at = "") {
    const query = plain(typed);
    this.shown = this.entries
      .map((entry, order) => ({ entry, order, rank: rank(entry, query) }))
      .filter((hit) => hit.rank >= 0)
      .sort((a, b) => (query ? a.rank - b.rank : 0) || a.order - b.order)
      .map((hit) => hit.entry);
    this.draw(!query);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const chosen = this.shown.findIndex((entry) => entry.option.selected);
    if (at) this.move(chosen >= 0 && !query ? chosen : at === "last" ? this.shown.length - 1 : 0);
    else {
      this.point(-1);
      if (chosen >= 0 && !query) this.list.querySelector(`[data-at="${chosen}"]`)?.scrollIntoView({ block: "nearest" });
    }
    this.tell();
  }

  draw(withGroups) {
    const items = [];
    let group = "";
    this.shown.forEach((entry, at) => {
      if (withGroups && entry.group && entry.group !== group) {
        group = entry.group;
        items.push(make("li", { class: "combo__group", role: "presentation" }, group));
      }
      const attributes = { class: "combo__option", role: "option", id: `${this.list.id}-${at}`, "data-at": at, "aria-selected": String(entry.option.selected) };
      items.push(make("li", attributes, entry.option.label));
    });
    if (!items.length) items.push(make("li", { class: "combo__none", role: "presentation" }, this.select.dataset.none ?? "–"));
    this.list.replaceChildren(...items);
  }

  // past either end it goes on at the other
  move(to) {
    const count = this.shown.length;
    this.point(count ? to % count : -1);
  }

  point(to) {
    this.list.querySelector(".is-active")?.classList.remove("is-active");
    this.active = to;
    const item = this.active >= 0 ? this.list.querySelector(`[data-at="${this.active}"]`) : null;
    if (!item) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    item.classList.add("is-active");
    item.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item.id);
  }

  tell() {
    const count = this.shown.length;
    const data = this.select.dataset;
    const kind = plural.select(count);
    const text = count ? data[`count${kind[0].toUpperCase()}${kind.slice(1)}`] ?? data.countOther ?? "{count}" : data.none ?? "";
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      this.status.textContent = text.replace("{count}", String(count));
    }, 400);
  }

  isChosen() {
    const option = this.select.selectedOptions[0];
    return Boolean(option?.value) && plain(option.label) === plain(this.input.value);
  }

  choose(entry) {
    this.set(entry.option.value);
    this.input.value = entry.option.label;
    this.close();
  }

  clear() {
    this.input.value = "";
    this.set("");
  }

  set(value) {
    if (this.select.value === value) return;
    this.select.value = value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Leaving the field: an exact or only match is taken; what fits nothing stays to be seen, and nothing is chosen.
  leave() {
    const typed = plain(this.input.value);
    if (this.isOpen) this.close();
    if (!typed) this.set("");
    if (!typed || this.isChosen()) return;
    const hits = this.entries.filter((entry) => rank(entry, typed) >= 0);
    const exact = hits.filter((entry) => entry.text === typed || entry.words.join(" ") === typed);
    const hit = exact[0] ?? (hits.length === 1 ? hits[0] : null);
    if (hit) this.choose(hit);
    else {
      const kept = this.input.value;
      this.set("");
      this.input.value = kept;
    }
  }

  sync() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.label : "";
  }

  close() {
    clearTimeout(this.later);
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function make(name, attributes, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

function start(root) {
  for (const select of root.querySelectorAll("select[data-combobox]:not([multiple])")) {
    if (select.closest(".combo") || !select.id) continue;
    new Combobox(select);
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
