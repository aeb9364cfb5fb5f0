// Decorates the pages inside. Each works without this module; the server decides everything.
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
// The browser may put ticks back after this module ran.
const atOnceAndLater = (draw) => { addEventListener("pageshow", draw); draw(); };

function foldMenu(menu) {
  const narrow = matchMedia("(max-width: 56rem)");
  const fold = () => { menu.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
}

// How many switches and choices are not saved yet.
function countChanges(bar) {
  const [said, undo, form] = [bar.querySelector("[data-one]"), bar.querySelector("a"), bar.closest("form")];
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
  atOnceAndLater(count);
}

// One tick for all rows of this page, and how many are ticked.
function pickRows(form) {
  const [every, said] = ["[data-all] input", "[data-count]"].map((selector) => form.querySelector(selector));
  const rows = all("tbody .pick input", form);
  const count = () => {
    const ticked = rows.filter((row) => row.checked).length;
    said.textContent = said.dataset.count.replace("0", ticked);
    every.checked = ticked && ticked === rows.length;
    every.indeterminate = ticked && !every.checked;
  };
  every.parentNode.hidden = false;
  form.addEventListener("change", ({ target }) => {
    if (target === every) rows.forEach((row) => { row.checked = every.checked; });
    count();
  });
  atOnceAndLater(count);
}

// One submission each; a form whose answer is a file stays on its page and may be sent again.
function submitOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy) return event.preventDefault();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", () => { form.ariaBusy = null; });
}

all(".menu details").forEach(foldMenu);
all(".bar:has([data-one])").forEach(countChanges);
all(".picks").forEach(pickRows);
all("main form[method=post]:not([data-file])").forEach(submitOnce);
