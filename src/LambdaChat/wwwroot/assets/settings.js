import { field, show } from "./dialogs.js";
import { el, isTouch } from "./dom.js";
import { language, t } from "./texts.js";

const ranges = {
  temperature: { min: 0, max: 2, step: 0.1 },
  top_p: { min: 0, max: 1, step: 0.05 },
  max_tokens: { min: 1, max: 32_768, step: 1 },
};
const labels = { temperature: "temperature", top_p: "topP", max_tokens: "maxTokens" };

/** @param chat Its system prompt and sampling settings. @param actions They follow a change of the preferences. */
export function openSettings(chat, preferences, actions) {
  const saved = el("span", { class: "saved", role: "status" });
  const save = (run) => (...changed) => {
    run(...changed);
    saved.textContent = t(preferences.areStored ? "saved" : "savedForVisit");
  };
  const leave = (run) => () => {
    dialog.close();
    run();
  };
  const file = el("input", { type: "file", accept: ".json,application/json", hidden: true, onchange: () => {
    actions.importFile(file.files[0]);
    file.value = ""; // So that the same file can be chosen again.
  } });
  const dialog = show(t("settings"), [
    sampling(t("forThisChat"), chat, preferences.sampling, save(actions.chat)),
    sampling(t("forAllChats"), preferences.sampling, {}, save((values) => (preferences.sampling = values))),
    group(t("appearance"), el("div", { class: "row" },
      field(t("theme"), choice({ auto: t("auto"), light: t("light"), dark: t("dark") }, preferences.theme,
        save((theme) => actions.theme((preferences.theme = theme))))),
      field(t("language"), choice({ en: "English", zh: "中文" }, language,
        (name) => actions.language((preferences.language = name)))))),
    group(t("data"), buttons(button(t("exportAll"), actions.exportAll), button(t("importAll"), () => file.click()), file,
      button(t("deleteAll"), leave(actions.deleteAll), "danger"))),
    !isTouch() && group(t("shortcuts"), shortcuts()),
    group(t("access"), buttons(button(t("changeKey"), leave(actions.changeKey)),
      button(t("forgetKey"), leave(actions.forgetKey), "danger"))),
  ], saved);
}

function sampling(title, values, inherited, save) {
  const system = el("textarea", { rows: "3", placeholder: inherited.system ?? null, onchange: () => change() });
  system.value = values.system ?? "";
  const numbers = Object.keys(ranges).map((name) => slider(name, values[name], inherited[name], () => change()));
  const valuesOf = () => Object.assign({}, ...numbers.map(({ input }) => valueOf(input)));
  const change = () => save({ ...(system.value.trim() && { system: system.value }), ...valuesOf() });
  return group(title, field(t("system"), system), ...numbers.map(({ element }) => element));
}

// A number with a slider for its range. Without a number, the setting of all chats or the model's own one is used.
function slider(name, value, inherited, change) {
  const range = ranges[name];
  const values = `${range.min}–${range.max.toLocaleString(language)}`;
  const label = `${t(labels[name])}, ${values}`;
  const limits = name === "max_tokens" ? { ...range, max: null } : { ...range, step: "any" };
  const input = el("input", { type: "number", name, value, placeholder: inherited ?? t("modelsOwn"), "aria-label": label, ...limits,
    oninput: () => show(), onchange: () => input.reportValidity() && change() });
  const bar = el("input", { type: "range", "aria-label": `${label}, ${t("slider")}`, ...range, oninput: () => {
    input.value = bar.value;
    show();
  }, onchange: change });
  const show = () => {
    bar.value = input.value || (inherited ?? (name === "max_tokens" ? range.max : 1));
    bar.classList.toggle("unset", input.value === "");
  };
  show();
  const title = el("span", { text: t(labels[name]) }, el("small", { text: values }));
  return { input, element: el("div", { class: "slider" }, title, bar, input) };
}

function choice(names, current, choose) {
  const options = Object.entries(names).map(([value, text]) => el("option", { value, text, selected: value === current }));
  const select = el("select", { onchange: () => choose(select.value) }, ...options);
  return select;
}

function buttons(...children) {
  return el("div", { class: "row buttons" }, ...children);
}

function button(text, onclick, name = null) {
  return el("button", { type: "button", class: name, text, onclick });
}

function shortcuts() {
  const keys = [["Ctrl+K", t("search")], ["Ctrl+Shift+O", t("newChat")], ["Esc", t("stop")], ["Enter", t("send")],
    ["Shift+Enter", t("shortcutLine")], ["↑", t("shortcutEdit")]];
  return el("dl", { class: "shortcuts" }, ...keys.flatMap(([key, text]) => [el("dt", { text: key }), el("dd", { text })]));
}

function group(title, ...fields) {
  return el("section", {}, el("h3", { text: title }), ...fields);
}

function valueOf(input) {
  return input.value !== "" && input.validity.valid ? { [input.name]: input.valueAsNumber } : {};
}
