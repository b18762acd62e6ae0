// The keyboard shortcuts of the page. Those of the message box are in its own module.
import { isComposing } from "./dom.js";

/** @param actions `{ search, newChat, escape }` */
export function addShortcuts({ search, newChat, escape }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || document.querySelector("dialog[open]")) {
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      const run = { k: !event.shiftKey && search, o: event.shiftKey && newChat }[letterOf(event)];
      if (run) {
        event.preventDefault();
        run();
      }
    } else if (event.key === "Escape") {
      escape();
    }
  });
}

// The letter of a key, also with the keyboard layouts of other scripts.
function letterOf({ key, code }) {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
}
