// Texts that appear for a few seconds, and texts that only screen readers announce.
import { firstCharacters } from "./characters.js";
import { el } from "./dom.js";
import { explain } from "./faults.js";
import { t } from "./texts.js";

const maxAnnouncedLength = 20_000; // Characters, about twenty minutes of speech. Announcing a longer reply in full would block the page.

export class Notices {
  #toast = el("div", { class: "toast", role: "status" });
  #live = el("div", { class: "visually-hidden", "aria-live": "polite" });
  #timer;

  get elements() {
    return [this.#live, this.#toast];
  }

  show(text) {
    this.#toast.textContent = text;
    this.#toast.classList.add("shown");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#toast.classList.remove("shown"), 5000);
  }

  /** Announces a reply when it is complete. */
  announce({ fault, text }) {
    this.#live.textContent = fault
      ? t("failed", explain(fault).title)
      : text.length <= maxAnnouncedLength
        ? t("answerReady", text)
        : t("answerBegins", firstCharacters(text, maxAnnouncedLength));
  }
}
