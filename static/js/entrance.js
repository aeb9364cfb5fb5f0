// Decorates the pages outside the door. Every one of them works without this module; the server decides everything.
const find = (selector) => document.querySelector(selector);

/* Forms: one submission each, and a button that says so. */
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

// A page that comes back from the browser's memory must not stay locked.
function unlock() {
  for (const busy of document.querySelectorAll("[aria-busy]")) {
    busy.ariaBusy = null;
    if (busy.dataset.idle) busy.textContent = busy.dataset.idle;
  }
}

/* Password: a button to read what one typed. */
function addReveal(wrap) {
  const field = wrap.querySelector("input");
  const button = document.createElement("button");
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? wrap.dataset.hide : wrap.dataset.show;
  };
  button.type = "button";
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => show(field.type === "password"));
  // Typed text would be kept as an ordinary form value if it left as a text field.
  field.form.addEventListener("submit", () => show(false));
  show(false);
  wrap.append(button);
}

/* The window: modal where there is script; Escape must not lose the page. */
function makeModal(dialog) {
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => dialog.open || dialog.showModal());
  dialog.close();
  dialog.showModal();
  if (dialog.querySelector("[autofocus]")) return;
  // Nothing to fill in: the heading takes the focus, never the button that would cancel.
  const heading = dialog.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
}

/* Countdown: the text around the digits is the page's, in its language. */
function countDown(span) {
  let end;
  const draw = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    span.hidden = left === 0;
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    span.textContent = span.textContent.replace(/\d+:\d\d/, clock);
  };
  const from = (seconds) => { end = Date.now() + seconds * 1000; draw(); };
  from(Number(span.dataset.seconds));
  setInterval(draw, 1000);
  return from;
}

/* The code: separators go at once; a code that came in one piece is sent, one typed by hand waits for the button. */
function watchCode(field) {
  const length = Number(field.dataset.length);
  // Long enough to see what was filled in, and to press the button oneself.
  const send = () => setTimeout(() => field.form.ariaBusy || field.form.requestSubmit(), 300);
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const clean = field.value.normalize("NFKC").replace(/[\s\p{Dash}]/gu, "");
    if (clean !== field.value) field.value = clean;
    const byHand = event.data?.length === 1 || event.inputType?.startsWith("delete");
    if (clean.length === length && /^\p{Nd}+$/u.test(clean) && !byHand) send();
  });
  if (!("OTPCredential" in window)) return;
  const stop = new AbortController();
  field.form.addEventListener("submit", () => stop.abort());
  navigator.credentials.get({ otp: { transport: ["sms"] }, signal: stop.signal })
    .then((otp) => { field.value = otp.code; send(); })
    .catch(() => {}); // Refused, or no text came: the person types it.
}

/* What became of the text: asked for two minutes at most, and only while somebody looks. */
function watchState(line, countFrom) {
  const [sentence, valid] = line.children;
  const until = Date.now() + 120_000;
  const pause = { waiting: 2000, sending: 2000, sent: 5000 };
  let timer;
  const show = (news) => {
    line.className = `state ${news.state}`;
    line.dataset.state = news.state;
    if (sentence.textContent !== news.sentence) sentence.textContent = news.sentence;
    valid.hidden = !news.valid_until;
    valid.textContent = valid.textContent.replace(/\d+:\d\d/, news.valid_until);
    countFrom?.(news.resend_in);
  };
  const ask = async () => {
    const answer = await fetch(line.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const news = await answer.json();
    if (news.done) return location.reload();
    show(news);
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    const wait = pause[line.dataset.state];
    if (wait && !document.hidden && Date.now() < until) timer = setTimeout(ask, wait);
  };
  document.addEventListener("visibilitychange", plan);
  plan();
}

document.querySelectorAll("form").forEach(submitOnce);
document.querySelectorAll(".reveal").forEach(addReveal);
window.addEventListener("pageshow", (event) => event.persisted && unlock());
const [dialog, seconds, code, state] = ["dialog", "[data-seconds]", "[data-length]", "[data-url]"].map(find);
if (dialog) makeModal(dialog);
const countFrom = seconds && countDown(seconds);
if (code) watchCode(code);
if (state) watchState(state, countFrom);
