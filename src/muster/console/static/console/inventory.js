// The query box with its suggestions, and the dialogs and lists of the inventory.
"use strict";

const WAIT_MILLISECONDS = 110;

// Suggestions for what stands at the cursor.
class QueryBox {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.list = document.getElementById("suggestions");
    this.found = { start: 0, end: 0, suggestions: [] };
    this.at = -1;
    this.timer = 0;
    this.asked = null;
    input.addEventListener("input", () => this.askSoon());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    input.addEventListener("click", () => this.askSoon());
    // A press on a suggestion must not take the focus from the box.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.accept(Number(option.dataset.at));
    });
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MILLISECONDS);
  }

  async ask() {
    if (this.asked) this.asked.abort();
    this.asked = new AbortController();
    const query = new URLSearchParams({
      of: this.form.dataset.of,
      text: this.input.value,
      cursor: String([...this.input.value.slice(0, this.input.selectionStart)].length),
    });
    try {
      const answer = await fetch(`${this.form.dataset.completion}?${query}`, { signal: this.asked.signal });
      if (answer.ok && document.activeElement === this.input) this.show(await answer.json());
    } catch (error) {
      // A later question took its place, or the server is away: no suggestion is no harm.
    }
  }

  show(found) {
    this.found = found;
    this.at = -1;
    this.list.replaceChildren(...found.suggestions.map((each, at) => this.option(each, at)));
    const isOpen = found.suggestions.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.input.removeAttribute("aria-activedescendant");
  }

  option(suggestion, at) {
    const line = document.createElement("li");
    line.role = "option";
    line.id = `suggestion-${at}`;
    line.dataset.at = String(at);
    line.dataset.kind = suggestion.kind;
    line.setAttribute("aria-selected", "false");
    for (const [name, text] of [["text", suggestion.text], ["help", suggestion.help], ["type", suggestion.type]]) {
      if (!text) continue;
      const part = document.createElement("span");
      part.className = `suggestion-${name}`;
      part.textContent = text;
      line.append(part);
    }
    return line;
  }

  close() {
    clearTimeout(this.timer);
    if (this.asked) this.asked.abort();
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  move(by) {
    const number = this.found.suggestions.length;
    this.at = (this.at + by + number + (this.at < 0 && by < 0 ? 1 : 0)) % number;
    for (const [at, each] of [...this.list.children].entries()) {
      each.setAttribute("aria-selected", String(at === this.at));
    }
    const chosen = this.list.children[this.at];
    chosen.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", chosen.id);
  }

  accept(at) {
    const { start, end, suggestions } = this.found;
    const letters = [...this.input.value];
    const before = letters.slice(0, start).join("") + suggestions[at].text;
    this.input.value = before + letters.slice(end).join("");
    this.input.setSelectionRange(before.length, before.length);
    this.input.focus();
    this.ask();
  }

  onKey(event) {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.ask();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && isOpen && this.at >= 0) {
      event.preventDefault();
      this.accept(this.at);
    } else if (event.key === "Tab" && isOpen && this.at >= 0 && !event.shiftKey) {
      event.preventDefault();
      this.accept(this.at);
    } else if (event.key === "Enter") {
      this.close();
    }
  }

  insert(text) {
    const { value } = this.input;
    const gap = value && !value.endsWith(" ") ? " " : "";
    this.input.value = value + gap + text;
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }
}

// A page that is gone back to brings another box than the one before.
let queryBox = null;

function findBox() {
  const input = document.querySelector(".query input[role=combobox]");
  if (input && (!queryBox || queryBox.input !== input)) queryBox = new QueryBox(input);
  return input;
}

findBox();
document.addEventListener("htmx:historyRestore", findBox);

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const searchInput = findBox();
  if (!searchInput || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  searchInput.focus();
  searchInput.select();
});

// What HTMX brings. A refused form comes back with 422 and what is wrong with it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target || event.target;
  if (target.matches("dialog")) {
    if (!target.open) target.showModal();
    const first = target.querySelector("[data-filter], .form-control, .form-select, [aria-invalid]");
    if (first) first.focus();
  }
  if (target.id === "found") {
    showFound(target);
    markFacets();
  }
});

// The box says what is shown, also where a facet was chosen; the title and the place follow.
function showFound(found) {
  const shown = found.querySelector("[data-search]");
  const searchInput = findBox();
  if (!shown || !searchInput) return;
  if (document.activeElement !== searchInput) searchInput.value = shown.dataset.search;
  searchInput.toggleAttribute("aria-invalid", Boolean(found.querySelector(".query-fault")));
}

// Nothing that was not asked for stands in the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches(".query")) return;
  if (!event.detail.parameters.search) delete event.detail.parameters.search;
  if (queryBox) queryBox.close();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest(
    "[data-close-dialog], [data-insert], [data-closes], [data-choose-none], [data-move], [data-toggle-facets], dialog",
  );
  if (!target) return;
  if (target.matches("dialog")) {
    // Beside the dialog's own box is its backdrop.
    if (event.target === target && isBeside(target, event)) target.close();
  } else if (target.dataset.insert !== undefined) {
    target.closest("dialog").close();
    queryBox.insert(target.dataset.insert);
  } else if (target.dataset.move !== undefined) {
    moveUp(target);
  } else if (target.dataset.toggleFacets !== undefined) {
    document.body.classList.toggle("shows-facets");
    markFacets();
  } else if (target.dataset.chooseNone !== undefined) {
    chooseNone(target.form);
  } else {
    target.closest("dialog").close();
  }
});

function markFacets() {
  const isShown = document.body.classList.contains("shows-facets");
  for (const each of document.querySelectorAll("[data-toggle-facets]")) each.setAttribute("aria-expanded", String(isShown));
}

function isBeside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function chooseNone(form) {
  for (const each of form.querySelectorAll("[data-choose], [data-choose-all], [name=all]")) each.checked = false;
  const box = form.querySelector("[data-choose]");
  if (box) box.dispatchEvent(new Event("change", { bubbles: true }));
}

function moveUp(button) {
  const line = button.closest("li");
  if (line.previousElementSibling) line.previousElementSibling.before(line);
  button.focus();
}

// Finding a line in a list: keywords, queries, attributes.
document.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.matches("[data-filter]")) return;
  const wanted = box.value.trim().toLowerCase();
  for (const each of document.querySelectorAll(box.dataset.filter)) {
    each.hidden = !each.textContent.toLowerCase().includes(wanted);
  }
});
