// What pages do by themselves. Everything is delegated, so that what HTMX brings works too.
"use strict";

const YEAR_SECONDS = 365 * 24 * 3600;

// Themes.
function markTheme() {
  for (const each of document.querySelectorAll("[data-set-theme]")) {
    const isOn = each.dataset.setTheme === document.documentElement.dataset.chosenTheme;
    each.setAttribute("aria-pressed", String(isOn));
  }
}

function setTheme(theme) {
  document.documentElement.dataset.chosenTheme = theme;
  document.cookie = `muster_theme=${theme};path=/;max-age=${YEAR_SECONDS};samesite=lax`;
  window.musterTheme();
  markTheme();
}

// The navigation on a narrow screen.
function setSide(isOpen) {
  const side = document.getElementById("side");
  const opener = document.querySelector(".side-open");
  if (!side || !opener) return;
  side.classList.toggle("is-open", isOpen);
  opener.setAttribute("aria-expanded", String(isOpen));
  (isOpen ? side.querySelector("a") : opener).focus();
}

// A value to the clipboard. Without TLS a browser has no clipboard to write to but this old way.
async function copyText(button) {
  const text = button.dataset.copy;
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
  } else {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  say(`Copied: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`);
}

function say(text) {
  const toasts = document.getElementById("toasts");
  const line = document.createElement("div");
  line.className = "toast-line success";
  line.textContent = text;
  toasts.append(line);
  setTimeout(() => line.remove(), 4000);
}

// Asking before what cannot be taken back.
let confirmed = null;

function ask(form) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-text").textContent = form.dataset.confirm;
  document.getElementById("confirm-more").textContent = form.dataset.confirmMore || "";
  document.getElementById("confirm-yes").textContent = form.dataset.confirmVerb || "Go on";
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    confirmed = form;
    form.requestSubmit();
  }, { once: true });
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && confirmed !== form) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form);
    return;
  }
  confirmed = null;
  // A button that was pressed is not pressed twice; its name and value are read before.
  const button = event.submitter;
  if (button && form.method === "post" && !form.hasAttribute("hx-post")) {
    setTimeout(() => { button.disabled = true; button.classList.add("is-busy"); });
  }
}, true);

// A page that comes back from the browser's memory has its buttons again.
window.addEventListener("pageshow", () => {
  for (const each of document.querySelectorAll(".is-busy")) {
    each.disabled = false;
    each.classList.remove("is-busy");
  }
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-set-theme], [data-side], [data-copy], [data-dismiss]");
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!target) return;
  if (target.dataset.setTheme) setTheme(target.dataset.setTheme);
  else if (target.dataset.side) setSide(target.dataset.side === "open");
  else if (target.dataset.copy !== undefined) copyText(target);
  else target.parentElement.remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (document.querySelector(".side.is-open")) setSide(false);
});

// Choosing rows: all at once, and how many there are.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-choose-all]")) {
    for (const each of box.closest("table").querySelectorAll("[data-choose]")) {
      each.checked = box.checked;
    }
  }
  if (box.matches("[data-choose-all], [data-choose]")) {
    const number = document.querySelectorAll("[data-choose]:checked").length;
    for (const each of document.querySelectorAll("[data-chosen]")) each.textContent = number;
    for (const each of document.querySelectorAll("[data-needs-chosen]")) each.hidden = !number;
  }
  // A choice that decides what else is asked for is sent at once.
  if (box.matches("[data-submit-on-change]")) box.form.requestSubmit();
  if (box.dataset.shows) {
    for (const each of document.querySelectorAll("[data-shown-for]")) {
      each.hidden = !each.dataset.shownFor.split(" ").includes(box.value);
    }
  }
});

// Words that need no answer go by themselves; those with a way back stay longer.
for (const line of document.querySelectorAll("#toasts .toast-line.success")) {
  setTimeout(() => line.remove(), line.querySelector("form") ? 15000 : 6000);
}

for (const each of document.querySelectorAll("select[data-shows]")) {
  each.dispatchEvent(new Event("change", { bubbles: true }));
}

markTheme();
