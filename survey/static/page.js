// A second tap while a form is on its way does nothing, and the button says that it is on its way.
// Two sends of one page are one submission in any case: the server sees to that.
"use strict";
for (const form of document.querySelectorAll("form[data-once]")) {
  let sending = false;
  form.addEventListener("submit", (event) => {
    if (sending) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    sending = true;
    const button = form.querySelector("button[data-sending]");
    if (button && !(event.submitter && event.submitter.name)) {
      button.dataset.words = button.textContent;
      button.textContent = button.dataset.sending;
      button.setAttribute("aria-disabled", "true");
    }
  });
  // Coming back with the back button, or after a network failure, the page can send again.
  const again = () => {
    sending = false;
    const button = form.querySelector("button[data-words]");
    if (button) {
      button.textContent = button.dataset.words;
      button.removeAttribute("aria-disabled");
    }
  };
  window.addEventListener("pageshow", again);
  form.addEventListener("submit", () => setTimeout(again, 15000));
}
