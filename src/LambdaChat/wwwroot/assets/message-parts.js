import { sizeOf } from "./attachments.js";
import { firstCharacters } from "./characters.js";
import { openMenu } from "./dialogs.js";
import { copyButton, el, fit, icon, iconButton, isComposing, isSend } from "./dom.js";
import { explain, kindOf } from "./faults.js";
import { t } from "./texts.js";

const minRateTime = 100; // Milliseconds. A shorter stream shows no token rate.
const maxAnnouncedLength = 20_000; // Characters, about twenty minutes of speech. Announcing a longer reply in full would block the page.
const marks = { length: "cut", content_filter: "filtered" };

export function noticeOf(message, actions) {
  if (actions.isElsewhere(message)) {
    return [el("div", { class: "notice" }, el("div", { class: "notice-line" }, el("strong", { text: t("elsewhere") })))];
  }
  const { fault } = message;
  const texts = fault ? explain(fault, message.text !== "") : { title: titleOf(message) };
  if (texts.title === null) {
    return [];
  }
  const canContinue = message.text !== "" && !message.stored && !(fault && ["key", "context", "model"].includes(kindOf(fault)));
  const button = (name, text, onclick) => el("button", { type: "button", class: name, text, onclick });
  return [el("div", { class: fault ? "notice fault" : "notice" },
    el("div", { class: "notice-line" }, el("strong", { text: texts.title }), texts.advice && el("p", { text: texts.advice }),
      canContinue && button("resume", t("continueReply"), () => actions.resume(message)),
      fault && button("retry", t("again"), () => actions.again(message.index))),
    texts.details && el("details", {}, el("summary", { text: t("details") }),
      el("p", { class: "details", text: texts.details }, copyButton(t("copyDetails"), () => texts.details))))];
}

function titleOf({ text, tools = [], stopped, finish, stored }) {
  if (stored) {
    return t("fault_interrupted"); // It continues when there are models.
  }
  if (stopped || Object.hasOwn(marks, finish)) {
    return t(stopped ? "stopped" : marks[finish]);
  }
  return text.trim() === "" && tools.length === 0 ? t("noText") : null;
}

/** What screen readers say when a reply has ended. */
export function announcementOf(message) {
  const { text, tools = [], fault, stopped } = message;
  const answer = text.length <= maxAnnouncedLength ? t("answerReady", text) : t("answerBegins", firstCharacters(text, maxAnnouncedLength));
  const parts = fault || stopped ? [] : [text.trim() && answer, ...tools.map(({ name }) => t("toolCall", name))];
  return [...parts, fault ? t("failed", explain(fault).title) : titleOf(message)].filter(Boolean).join(" ");
}

export function fileView({ name, size, text }) {
  const pre = el("pre", { tabindex: "0" });
  const summary = el("summary", {}, icon("file"), el("span", { text: name }), el("small", { text: sizeOf(size) }));
  return el("details", { class: "file", ontoggle: () => (pre.textContent = text) }, summary, pre);
}

/** The buttons that request another version of a reply. The models can change at any time. */
export function againButtons({ index }, { again, models }) {
  const choose = (event) => openMenu(event, models().map((model) => [model, () => again(index, model)]));
  const properties = { class: "icon-button choose", "aria-expanded": "false" };
  return [iconButton("again", t("again"), () => again(index)), iconButton("choose", t("againWith"), choose, properties)];
}

export function versionButtons({ index, version, versions = [] }, actions) {
  const current = versions.indexOf(version);
  const button = (name, step) => {
    const other = versions[current + step];
    return iconButton(name, t(name), () => actions.change(index, other), { disabled: other === undefined });
  };
  const place = `${current + 1}/${versions.length}`;
  return versions.length > 1 && el("span", { class: "versions" }, button("previous", -1), place, button("next", 1));
}

export function toolsOf({ tools = [] }) {
  const calls = tools.map((tool) =>
    el("div", { class: "tool" }, el("strong", { text: t("toolCall", tool.name) }), el("pre", { tabindex: "0", text: tool.arguments })));
  return calls.length > 0 ? [...calls, el("p", { class: "hint", text: t("noTools") })] : [];
}

export function thoughtLabel(milliseconds) {
  return milliseconds < 1000 ? t("thoughtBriefly") : t("thought", (milliseconds / 1000).toFixed(1));
}

export function statistics({ model, stats }) {
  return [model, ...describe(stats)].filter(Boolean).join(" · ");
}

function describe(stats) {
  if (!stats) {
    return [];
  }
  const rate = (stats.tokens * 1000) / stats.streamMs;
  return [
    t("first", (stats.firstMs / 1000).toFixed(1)),
    stats.streamMs >= minRateTime && t("rate", rate < 10 ? rate.toFixed(1) : Math.round(rate)),
    t("tokens", stats.isCounted ? stats.tokens : t("about", stats.tokens)),
    stats.prompt !== null && t("prompt", stats.prompt),
  ];
}

export function waitingText(reply) {
  if (reply.isLost) {
    return t("reconnecting");
  }
  const seconds = Math.floor(reply.elapsed / 1000);
  return reply.hasBegun ? "" : t(reply.isWaking ? "waking" : "waiting", seconds);
}

/** The form in which a user message is changed. `send` gets the new text, after `close`. */
export function editForm({ text, images, files }, close, send) {
  const grow = () => fit(input, 320);
  const input = el("textarea", { class: "edit", dir: "auto", "aria-label": t("edit"), rows: "2", oninput: grow });
  input.value = text;
  queueMicrotask(grow); // It is in the page then.
  const submit = (event) => {
    event.preventDefault();
    if (input.value.trim() === "" && !images?.length && !files?.length) {
      return;
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
    } else if (isSend(event)) {
      event.preventDefault();
      form.requestSubmit();
    }
  };
  const cancel = el("button", { type: "button", text: t("cancel"), onclick: close });
  const buttons = el("div", { class: "edit-buttons" }, cancel, el("button", { class: "primary", text: t("send") }));
  const form = el("form", { class: "edit-form", onsubmit: submit, onkeydown: press }, input, buttons);
  return form;
}
