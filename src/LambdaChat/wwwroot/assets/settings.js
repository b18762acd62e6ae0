// The dialogs: settings, API key and confirmation.
import { Api } from "./api.js";
import { el, iconButton } from "./dom.js";
import { explain, kindOf } from "./faults.js";
import { toApi } from "./preferences.js";
import { t } from "./texts.js";

/** Opens the settings. `actions`: `{ sampling, theme, exportAll, importFile, deleteAll, changeKey, forgetKey }`. */
export function openSettings(sampling, theme, actions) {
  const system = el("textarea", { rows: "4", onchange: () => change() });
  system.value = sampling.system ?? "";
  const number = (name, properties) => el("input", { type: "number", name, value: sampling[name], placeholder: t("modelsOwn"), onchange: () => change(), ...properties });
  const temperature = number("temperature", { min: 0, max: 2, step: 0.1 });
  const topP = number("top_p", { min: 0, max: 1, step: 0.05 });
  const maxTokens = number("max_tokens", { min: 1, step: 1 });
  const change = () => actions.sampling({ ...(system.value.trim() && { system: system.value }), ...valueOf(temperature), ...valueOf(topP), ...valueOf(maxTokens) });
  const colours = el("select", { onchange: () => actions.theme(colours.value) }, ...["auto", "light", "dark"].map((name) => el("option", { value: name, text: t(name), selected: name === theme })));
  const file = el("input", { type: "file", accept: ".json,application/json", hidden: true, onchange: () => actions.importFile(file.files[0]) });
  const button = (text, onclick) => el("button", { type: "button", text, onclick });
  const dialog = show(t("settings"),
    group(t("forThisChat"), field(t("system"), system), el("div", { class: "row" }, field(t("temperature"), temperature), field(t("topP"), topP), field(t("maxTokens"), maxTokens))),
    group(t("appearance"), field(t("theme"), colours)),
    group(t("data"), el("div", { class: "row buttons" }, button(t("exportAll"), actions.exportAll), button(t("importAll"), () => file.click()), file, el("button", { type: "button", class: "danger", text: t("deleteAll"), onclick: actions.deleteAll }))),
    group(t("shortcuts"), shortcuts()),
    group(t("access"), el("div", { class: "row buttons" }, button(t("changeKey"), () => {
      dialog.close();
      actions.changeKey();
    }), button(t("forgetKey"), () => {
      dialog.close();
      actions.forgetKey();
    }))));
}

function shortcuts() {
  const keys = [["Ctrl+K", t("shortcutSearch")], ["Ctrl+Shift+O", t("shortcutNew")], ["Esc", t("stop")]];
  return el("dl", { class: "shortcuts" }, ...keys.flatMap(([key, text]) => [el("dt", { text: key }), el("dd", { text })]));
}

/**
 * Asks for an API key and tests it. Resolves to `{ api, key, isKept, models }`, or to null if the user closes the dialog. A proposed address is
 * used only after the user has confirmed it here.
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
    const form = el("form", { novalidate: true, onsubmit: async (event) => {
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
    } }, text, field(t("key"), key), el("label", { class: "check" }, keep, t("keep")), el("details", {}, el("summary", { text: t("address") }), field(t("address"), address)), error, el("div", { class: "row end" }, submit));
    explainOrigin();
    const dialog = show(t("keyTitle"), form);
    dialog.addEventListener("close", () => resolve(result));
    key.focus();
  });
}

/** Asks for confirmation. Resolves to true if the user presses the button labelled `answer`. */
export function confirm(question, answer) {
  return new Promise((resolve) => {
    let isConfirmed = false;
    const close = (value) => {
      isConfirmed = value;
      dialog.close();
    };
    const dialog = show(question, el("div", { class: "row end" }, el("button", { type: "button", text: t("cancel"), onclick: () => close(false) }),
      el("button", { type: "button", class: "primary danger", text: answer, onclick: () => close(true) })));
    dialog.addEventListener("close", () => resolve(isConfirmed));
  });
}

function show(title, ...content) {
  const dialog = el("dialog", { "aria-label": title, onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && dialog.close() },
    el("div", { class: "dialog" }, el("header", {}, el("h2", { text: title }), iconButton("close", t("close"), () => dialog.close())), ...content));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function group(title, ...fields) {
  return el("section", {}, el("h3", { text: title }), ...fields);
}

function field(title, input) {
  return el("label", { class: "field" }, el("span", { text: title }), input);
}

function valueOf(input) {
  return input.value !== "" && input.validity.valid ? { [input.name]: input.valueAsNumber } : {};
}

function describe(failure) {
  return kindOf(failure) === "key" ? t("keyRefused") : failure.code ? `${explain(failure).title} ${failure.message}` : explain({ code: "unreachable", message: "" }).title;
}
