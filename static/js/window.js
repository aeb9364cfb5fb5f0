// Makes the window of this page modal. It is there without this module: here the focus stays in it, and Escape leads back.
const dialog = document.querySelector("dialog.window");
const leave = () => location.assign(dialog.querySelector(".close").href);
dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
// A second Escape closes without asking.
dialog.addEventListener("close", () => { if (!dialog.open) { dialog.showModal(); leave(); } });

const heading = dialog.querySelector("h1");
heading.tabIndex = -1;
const start = dialog.querySelector("[autofocus], [aria-invalid=true]") || dialog.querySelector("form .box") || heading;
dialog.removeAttribute("open");
dialog.showModal();
start.focus();
