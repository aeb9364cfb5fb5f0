// Decorates the pages inside: folds the menu on narrow screens and counts what is not saved yet.
const narrow = matchMedia("(max-width: 56rem)");
const menu = document.querySelector(".menu details");
const fold = () => { menu.open = !narrow.matches; };
if (menu) { narrow.addEventListener("change", fold); fold(); }

const bar = document.querySelector(".bar");
if (bar) {
  const [said, undo] = [bar.querySelector("[data-one]"), bar.querySelector("a")];
  const form = bar.closest("form");
  const isChanged = (input) => {
    const kept = input.closest("[data-saved]")?.dataset.saved;
    if (input.type === "radio") return input.checked && input.value !== kept;
    return input.type === "checkbox" && input.checked !== (kept === "on");
  };
  const count = () => {
    const changes = [...form.elements].filter(isChanged).length;
    undo.hidden = !changes;
    const text = changes === 1 ? said.dataset.one : said.dataset.many.replace("2", changes);
    said.textContent = changes ? text : "";
  };
  form.addEventListener("change", count);
  // The browser may put ticks back after this module ran.
  window.addEventListener("pageshow", count);
  count();
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy) return event.preventDefault();
    form.ariaBusy = "true";
  });
  window.addEventListener("pageshow", () => { form.ariaBusy = null; });
}
