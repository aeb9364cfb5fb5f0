// Decorates the pages inside. Each works without this module; the server decides everything.
const find = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

// The menu is folded on narrow screens.
function foldMenu(menu) {
  const narrow = matchMedia("(max-width: 56rem)");
  const fold = () => { menu.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
}

// Counts what is not saved yet.
function countChanges(bar) {
  const [said, undo] = [find("[data-one]", bar), find("a", bar)];
  const form = bar.closest("form");
  const isChanged = (input) => {
    const kept = input.closest("[data-saved]")?.dataset.saved;
    if (kept === undefined) return false;
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
  addEventListener("pageshow", count);
  count();
}

// One submission each. A search may be sent as often as one likes, and so may a form whose answer is a file.
function submitOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy) return event.preventDefault();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", () => { form.ariaBusy = null; });
}

// One tick for all rows of this page, and a bar that says how many are ticked.
function pickRows(form) {
  const [every, said] = [find("[data-all]", form), find("[data-count]", form)];
  const boxes = all("tbody .pick input", form);
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (said) said.textContent = said.dataset.count.replace("0", ticked);
    if (!every) return;
    const tick = find("input", every);
    tick.checked = ticked > 0 && ticked === boxes.length;
    tick.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  if (every) {
    every.previousElementSibling?.remove();
    every.hidden = false;
    find("input", every).addEventListener("change", ({ target }) => boxes.forEach((box) => { box.checked = target.checked; }));
  }
  form.addEventListener("change", count);
  addEventListener("pageshow", count);
  count();
}

// A window is already there: this keeps the focus in it, and Escape leads back.
function makeModal(dialog) {
  const leave = () => location.assign(find(".close", dialog).href);
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  // A second Escape closes without asking.
  dialog.addEventListener("close", () => { if (!dialog.open) { dialog.showModal(); leave(); } });
  const start = find("[autofocus], [aria-invalid=true], form .box, form input:not([type=hidden])", dialog) || find("h1", dialog);
  if (start.matches("h1")) start.tabIndex = -1;
  dialog.removeAttribute("open");
  dialog.showModal();
  start.focus();
}

// Looks after something that is under way, ever more slowly, while somebody looks, until it is no longer busy.
function watch(part, wait = 2000) {
  const plan = (next) => setTimeout(() => ask(next), wait);
  const ask = async (next) => {
    const answer = document.hidden ? null : await fetch(part.dataset.poll).catch(() => null);
    if (!answer?.ok || answer.redirected) return document.hidden || !answer ? plan(next) : undefined;
    const news = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (news) watch(exchange(part, news), next);
  };
  if (part.ariaBusy === "true") plan(Math.min(wait * 1.25, 15000));
}

// The focus stays where it was.
function exchange(part, news) {
  const place = all("a, button, input, summary", part).indexOf(document.activeElement);
  part.replaceWith(news);
  if (place >= 0) all("a, button, input, summary", news)[place]?.focus();
  return news;
}

const [menu, bar, dialog] = [".menu details", ".bar:has([data-one])", "dialog.window"].map((selector) => find(selector));
if (menu) foldMenu(menu);
if (bar) countChanges(bar);
if (dialog) makeModal(dialog);
all("main form[method=post]:not([data-file])").forEach(submitOnce);
all(".picks").forEach(pickRows);
all("[data-poll]").forEach((part) => watch(part));
