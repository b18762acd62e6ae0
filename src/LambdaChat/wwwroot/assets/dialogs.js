import { el, iconButton, inFront } from "./dom.js";
import { t } from "./texts.js";

export function show(title, content, status = null) {
  let isOutside = false; // Selecting a text can begin in the dialog and end outside.
  const dialog = el(
    "dialog",
    {
      "aria-label": title,
      onclose: () => remove(dialog),
      onpointerdown: ({ target }) => (isOutside = target === dialog),
      onclick: ({ target }) => isOutside && target === dialog && dialog.close(),
    },
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

// A notice in the dialog stays.
function remove(dialog) {
  document.body.append(...dialog.querySelectorAll(".toast"));
  dialog.remove();
}

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

/** Opens a menu for a click on its button; a second click closes it. `entries`: `[text, run, className]`. */
export function openMenu(event, entries) {
  const button = event.currentTarget;
  if (button.popoverTargetElement) {
    return; // The browser closes it.
  }
  event.preventDefault();
  const menu = el(
    "div",
    {
      class: "menu",
      popover: "auto",
      onkeydown: (event) => press(menu, event),
      ontoggle: ({ newState }) => newState === "closed" && close(menu, button),
    },
    ...entries.map(([text, run, name]) =>
      el("button", {
        type: "button",
        class: name,
        text,
        onclick: () => {
          menu.hidePopover();
          run();
        },
      }),
    ),
  );
  document.body.append(menu);
  button.popoverTargetElement = menu;
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  const move = () => place(menu, button.getBoundingClientRect());
  move();
  menu.firstChild.focus();
  window.onresize = move; // The keyboard of a phone closes when the menu takes the focus.
}

function close(menu, button) {
  menu.remove();
  button.popoverTargetElement = null;
  button.setAttribute("aria-expanded", "false");
}

function place(menu, { left, top, bottom }) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, bottom + height + 8 < innerHeight ? bottom + 4 : top - height - 4)}px`;
}

function press(menu, event) {
  const buttons = [...menu.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
  } else if (event.key === "Escape") {
    event.stopPropagation(); // Elsewhere, Escape stops the reply.
  }
}

export class Notices {
  #toast = el("div", { class: "toast", role: "status" });
  #live = el("div", { class: "visually-hidden", "aria-live": "polite" });
  #timer;

  get elements() {
    return [this.#live, this.#toast];
  }

  show(text) {
    inFront(this.#toast);
    this.#toast.textContent = text;
    this.#toast.classList.add("shown");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#toast.classList.remove("shown"), 5000);
  }

  /** Tells it to screen readers only. */
  say(text) {
    this.#live.textContent = text;
  }
}
