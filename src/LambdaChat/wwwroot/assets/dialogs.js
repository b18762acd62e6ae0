// Dialogs, the confirmation, notices, and texts for screen readers.
import { firstCharacters } from "./characters.js";
import { el, iconButton } from "./dom.js";
import { explain } from "./faults.js";
import { t } from "./texts.js";

const maxAnnouncedLength = 20_000; // Characters, about twenty minutes of speech. Announcing a longer reply in full would block the page.

/** Opens a dialog. `status` is shown in its header. */
export function show(title, content, status = null) {
  const dialog = el(
    "dialog",
    { "aria-label": title, onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && dialog.close() },
    el(
      "div",
      { class: "dialog" },
      el(
        "header",
        {},
        el("h2", { text: title }),
        status,
        iconButton("close", t("close"), () => dialog.close()),
      ),
      ...content,
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** An input with its label. */
export function field(title, input) {
  return el("label", { class: "field" }, el("span", { text: title }), input);
}

/** Asks for confirmation. Resolves to true if the user presses the button labelled `answer`. */
export function confirm(question, answer) {
  return new Promise((resolve) => {
    let isConfirmed = false;
    const close = (value) => {
      isConfirmed = value;
      dialog.close();
    };
    const dialog = show(question, [
      el(
        "div",
        { class: "row end" },
        el("button", { type: "button", text: t("cancel"), onclick: () => close(false) }),
        el("button", { type: "button", class: "primary danger", text: answer, onclick: () => close(true) }),
      ),
    ]);
    dialog.addEventListener("close", () => resolve(isConfirmed));
  });
}

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
