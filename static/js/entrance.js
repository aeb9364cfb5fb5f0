// Decorates the pages outside the door. Each works without this module; the server decides everything.
const find = (selector) => document.querySelector(selector);

// One submission each, and a button that says so.
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
  // A browser may remember what a text field held.
  field.form.addEventListener("submit", () => show(false));
  show(false);
  wrap.append(button);
}

// Escape must not lose the page, nor the first focus fall on the button that cancels.
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

// The words around the digits are the page's, in its language.
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

// A code that came in one piece is sent; one typed by hand waits for the button.
function watchCode(field) {
  const form = field.form;
  // Time to see what was filled in, and to press the button oneself.
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
    .catch(() => {}); // No text came, or nobody allowed it: the person types.
}

// What became of the text: asked for two minutes at most, and only while somebody looks.
function watchState(line, countFrom) {
  const [sentence, valid] = line.children;
  const pause = { waiting: 2000, sending: 2000, sent: 5000 };
  const end = Date.now() + 120000;
  let timer;
  const plan = () => {
    clearTimeout(timer);
    const wait = pause[line.dataset.state];
    if (wait && !document.hidden && Date.now() < end) timer = setTimeout(ask, wait);
  };
  const show = (news) => {
    line.className = "state " + (line.dataset.state = news.state);
    if (sentence.textContent !== news.sentence) sentence.textContent = news.sentence;
    valid.textContent = news.valid;
    countFrom?.(news.resend_in);
  };
  const ask = async () => {
    const answer = await fetch(line.dataset.url).catch(() => 0);
    if (!answer.ok || answer.redirected) return;
    const news = await answer.json();
    // Not a reload: that would send the form again where this page answered one.
    if (news.done) return location.replace(line.dataset.page);
    show(news);
    plan();
  };
  document.addEventListener("visibilitychange", plan);
  plan();
}

document.querySelectorAll("form").forEach(submitOnce);
document.querySelectorAll(".reveal").forEach(addReveal);
addEventListener("pageshow", (event) => event.persisted && unlock());
const [dialog, seconds, code, state] = ["dialog", "[data-seconds]", "[data-length]", "[data-url]"].map(find);
const countFrom = seconds && countDown(seconds);
if (dialog) makeModal(dialog);
if (code) watchCode(code);
if (state) watchState(state, countFrom);
