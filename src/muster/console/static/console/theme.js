// Before anything is painted: dark where the account or, on auto, the system wants it.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    const theme = root.dataset.chosenTheme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }
  dark.addEventListener("change", apply);
  window.musterTheme = apply;
  apply();
})();
