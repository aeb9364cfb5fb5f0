// Looks after what is under way: asks for the part of the page anew, ever more slowly, while somebody looks, until it is done.
const [first, slower, longest] = [2000, 1.25, 15000];

function watch(part, wait = first) {
  if (part.ariaBusy !== "true") return;
  setTimeout(async () => watch(document.hidden ? part : await renewed(part), Math.min(wait * slower, longest)), wait);
}

// The part as it stands now; as it was when the server can't be reached or say, done when it answers something else.
async function renewed(part) {
  const answer = await fetch(part.dataset.poll).catch(() => null);
  if (!answer || answer.status >= 500) return part;
  const page = answer.ok && !answer.redirected ? await answer.text() : "";
  const news = new DOMParser().parseFromString(page, "text/html").getElementById(part.id);
  if (!news) return document.createElement("p");
  const controls = (from) => [...from.querySelectorAll("a, button, summary")];
  const place = controls(part).indexOf(document.activeElement);
  part.replaceWith(news);
  controls(news)[place]?.focus();
  return news;
}

document.querySelectorAll("[data-poll]").forEach((part) => watch(part));
