// The dialog that asks for the API key.
import { Api } from "./api.js";
import { field, show } from "./dialogs.js";
import { el } from "./dom.js";
import { explain, kindOf } from "./faults.js";
import { toApi } from "./preferences.js";
import { t } from "./texts.js";

/**
 * Asks for an API key and tests it. Resolves to `{ api, key, isKept, models }`, or to null if the user closes the dialog. A proposed
 * address is used only after the user has confirmed it here.
 */
export function askKey(proposedApi, problem = null) {
  return new Promise((resolve) => {
    const address = el("input", { type: "url", value: proposedApi, required: true, spellcheck: "false", oninput: () => explainOrigin() });
    const key = el("input", { type: "password", autocomplete: "off", spellcheck: "false", autofocus: true });
    const keep = el("input", { type: "checkbox" });
    const text = el("p");
    const error = el("p", { class: "error", role: "alert", text: problem ? describe(problem) : "" });
    const submit = el("button", { class: "primary", text: t("enter") });
    const explainOrigin = () => (text.textContent = t("keyText", new URL(toApi(address.value) ?? proposedApi).host));
    let result = null;
    const form = el(
      "form",
      {
        novalidate: true,
        onsubmit: async (event) => {
          event.preventDefault();
          const api = toApi(address.value);
          submit.textContent = t("testing");
          try {
            if (api === null) {
              throw new TypeError(address.value);
            }
            result = { api, key: key.value.trim(), isKept: keep.checked, models: await new Api(api, key.value.trim()).models() };
            dialog.close();
          } catch (failure) {
            error.textContent = describe(failure);
          } finally {
            submit.textContent = t("enter");
          }
        },
      },
      text,
      field(t("key"), key),
      el("label", { class: "check" }, keep, t("keep")),
      el("details", {}, el("summary", { text: t("address") }), field(t("address"), address)),
      error,
      el("div", { class: "row end" }, submit),
    );
    explainOrigin();
    const dialog = show(t("keyTitle"), [form]);
    dialog.addEventListener("close", () => resolve(result));
    key.focus();
  });
}

function describe(failure) {
  return kindOf(failure) === "key"
    ? t("keyRefused")
    : failure.code
      ? `${explain(failure).title} ${failure.message}`
      : explain({ code: "unreachable", message: "" }).title;
}
