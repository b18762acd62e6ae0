// The input in which a user message is changed.
import { el, fit, isComposing } from "./dom.js";
import { t } from "./texts.js";

/** Creates the form. `close` ends the change; `send` gets the new text, after `close`. */
export function editForm({ text, images, files }, close, send) {
  const grow = () => fit(input, 320);
  const input = el("textarea", { class: "edit", dir: "auto", "aria-label": t("edit"), rows: "2", onfocus: grow, oninput: grow });
  input.value = text;
  const submit = (event) => {
    event.preventDefault();
    if (input.value.trim() === "" && !images && !files) {
      return; // There is nothing to send.
    }
    close();
    send(input.value.trim());
  };
  const press = (event) => {
    if (isComposing(event)) {
      return;
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  };
  const cancel = el("button", { type: "button", text: t("cancel"), onclick: close });
  const buttons = el("div", { class: "edit-buttons" }, cancel, el("button", { class: "primary", text: t("resend") }));
  const form = el("form", { class: "edit-form", onsubmit: submit, onkeydown: press }, input, buttons);
  return form;
}
