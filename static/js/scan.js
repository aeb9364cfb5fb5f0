// Waits for the phone. The page works without this module: then the person presses the button when they have confirmed.
const form = document.querySelector("[data-poll]"), clock = document.querySelector("[data-seconds]");
const said = document.getElementById("over"), button = form.querySelector("button");
const end = Date.now() + clock.dataset.seconds * 1000;
let timer, busy, next = Date.now() + form.dataset.again * 1000;

// The server says when to ask again; nobody asks while nobody looks.
function plan() {
  clearTimeout(timer);
  if (!busy && !document.hidden) timer = setTimeout(ask, Math.max(0, next - Date.now()));
}

async function ask() {
  busy = true;
  const answer = await fetch(form.dataset.poll).catch(() => null);
  const news = answer?.ok ? await answer.json() : { state: "shown", again: 10 };
  busy = false;
  if (news.state === "unknown") return over();
  if (news.state !== "shown") return form.requestSubmit();
  next = Date.now() + news.again * 1000;
  plan();
}

function over() {
  said.textContent = said.dataset.over;
  document.getElementById("shown").hidden = form.hidden = clock.hidden = true;
}

function countDown() {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  clock.textContent = clock.textContent.replace(/\d+:\d\d/, Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0"));
}

form.addEventListener("submit", (event) => {
  if (form.ariaBusy) return event.preventDefault();
  form.ariaBusy = button.ariaBusy = "true";
  button.textContent = button.dataset.busy;
});
// Out of the browser's memory comes a code that is over, and a button that is locked.
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("visibilitychange", plan);
setInterval(countDown, 1000);
plan();
