// Decorates pages that work without it.
const find = (selector) => document.querySelector(selector);

function submitOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy) return event.preventDefault();
    form.ariaBusy = "true";
    const button = form.querySelector("[data-busy]");
    if (!button) return;
    button.dataset.idle = button.textContent;
    button.ariaBusy = "true";
    button.textContent = button.dataset.busy;
  });
}

// Back from the browser's memory, a page must not stay locked.
function unlock() {
  for (const busy of document.querySelectorAll("[aria-busy]")) {
    busy.ariaBusy = null;
    if (busy.dataset.idle) busy.textContent = busy.dataset.idle;
  }
}

function addReveal(wrap) {
  const field = wrap.querySelector("input");
  const button = document.createElement("button");
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? wrap.dataset.hide : wrap.dataset.show;
  };
  button.type = "button";
  button.setAttribute("aria-description", field.labels[0].textContent);
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember text fields.
  field.form.addEventListener("submit", () => show(false));
  show(false);
  wrap.append(button);
}

// Escape must not lose the page, nor the focus fall on Cancel.
function makeModal(dialog) {
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => dialog.open || dialog.showModal());
  dialog.close();
  dialog.showModal();
  if (find("[autofocus]")) return;
  const heading = find("h1");
  heading.tabIndex = -1;
  heading.focus();
}

// The words around the digits are the page's.
function countDown(span) {
  let end;
  const draw = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    span.hidden = !left;
    const clock = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    span.textContent = span.textContent.replace(/\d+:\d\d/, clock);
  };
  const from = (seconds) => { end = Date.now() + seconds * 1000; draw(); };
  from(span.dataset.seconds);
  setInterval(draw, 1000);
  return from;
}

// A code typed by hand waits for the button.
function watchCode(field) {
  const form = field.form;
  // Time to see what was filled in.
  const send = () => setTimeout(() => form.ariaBusy || form.requestSubmit(), 300);
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const clean = field.value.replace(/[\s\p{Dash}]/gu, "");
    if (clean !== field.value) field.value = clean;
    const byHand = event.data?.length === 1 || event.inputType?.startsWith("delete");
    if (!byHand && /^\d+$/.test(clean) && clean.length === +field.dataset.length) send();
  });
  if (!("OTPCredential" in window)) return;
  const stop = new AbortController();
  form.addEventListener("submit", () => stop.abort());
  navigator.credentials.get({ otp: { transport: ["sms"] }, signal: stop.signal })
    .then((otp) => { field.value = otp.code; send(); })
    .catch(() => {});
}

// Asked for two minutes, while somebody looks.
function watchState(line, countFrom) {
  const [sentence, valid] = line.children;
  const end = Date.now() + 120000;
  let timer;
  const plan = () => {
    clearTimeout(timer);
    const wait = line.dataset.pause;
    if (wait > 0 && !document.hidden && Date.now() < end) timer = setTimeout(ask, wait);
  };
  const show = (news) => {
    line.className = "state " + news.state;
    if (sentence.textContent !== news.sentence) sentence.textContent = news.sentence;
    valid.textContent = news.valid;
    line.dataset.pause = news.pause;
    countFrom(news.resend_in);
  };
  const ask = async () => {
    const answer = await fetch(line.dataset.url).catch(() => 0);
    if (answer.redirected) return;
    if (!answer.ok) return plan();
    const news = await answer.json();
    // A reload could send a form again. What is typed stays.
    if (news.done || (news.anew && !find("#code:valid,[aria-invalid],[aria-busy],li :focus"))) return location.replace(line.dataset.page);
    show(news);
    plan();
  };
  document.addEventListener("visibilitychange", plan);
  plan();
}

document.querySelectorAll("form").forEach(submitOnce);
document.querySelectorAll(".reveal").forEach(addReveal);
addEventListener("pageshow", (event) => event.persisted && unlock());
const [dialog, code, state] = ["dialog", "[data-length]", "[data-url]"].map(find);
const counts = [...document.querySelectorAll("[data-seconds]")].map(countDown);
if (dialog) makeModal(dialog);
if (code) watchCode(code);
if (state) watchState(state, (seconds) => counts.forEach((from) => from(seconds)));
