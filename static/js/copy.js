// Copies what is shown once, and says so to everybody. Without this module, or without a clipboard, there is no button.
function offer(button) {
  const source = document.getElementById(button.dataset.copies), said = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(source.value);
      said.textContent = said.dataset.copied;
    } catch {
      // The browser did not let us: what is selected can be copied by hand.
      const folded = source.closest("details");
      if (folded) folded.open = true;
      source.select();
    }
  });
}

// There is none where the portal is not reached by https.
if (navigator.clipboard) document.querySelectorAll("[data-copies]").forEach(offer);
