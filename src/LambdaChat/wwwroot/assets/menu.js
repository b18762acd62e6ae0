// A menu that pops up next to its button.
import { el } from "./dom.js";

/** Opens a menu for a click on its button; a second click closes it. `entries`: `[text, run, className]`. Falsy entries are omitted. */
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
      onkeydown: (event) => move(menu, event),
      ontoggle: ({ newState }) => newState === "closed" && close(menu, button),
    },
    ...entries.filter(Boolean).map(([text, run, name]) =>
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
  place(menu, button.getBoundingClientRect());
  menu.firstChild.focus();
  addEventListener("resize", () => menu.isConnected && menu.hidePopover(), { once: true });
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

function move(menu, event) {
  const buttons = [...menu.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
  } else if (event.key === "Escape") {
    event.stopPropagation(); // Elsewhere, Escape stops the reply.
  }
}
