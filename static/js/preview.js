// Shows while somebody types what the text would be: the server makes the same page of the form, and a part of it is taken over.
const PAUSE = 400;

async function renew(form, signal) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.preview, { method: "POST", body, signal }).catch(() => null);
  const page = answer?.ok && !answer.redirected ? await answer.text().catch(() => "") : "";
  const news = new DOMParser().parseFromString(page, "text/html");
  // Piece by piece: what is announced is only what stays in its place and changes.
  if (!signal.aborted) form.querySelectorAll("[data-live]").forEach((part) => take(part, news.getElementById(part.id)));
}

function take(part, news) {
  if (news && news.innerHTML !== part.innerHTML) part.replaceChildren(...news.childNodes);
}

document.querySelectorAll("form[data-preview]").forEach((form) => {
  let timer, asked;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    asked?.abort();
    asked = new AbortController();
    timer = setTimeout(renew, PAUSE, form, asked.signal);
  });
});
