// The view of one message.
import { copyButton, el, icon, iconButton } from "./dom.js";
import {
  againButtons, editForm, fileView, noticeOf, statistics, thoughtLabel, toolsOf, versionButtons, waitingText,
} from "./message-parts.js";
import { t } from "./texts.js";

let renderer = null; // The module render.js, loaded with the first message.

const maxOpenLength = 1500; // Characters of a message that is shown in full.
const maxOpenLines = 20;
const edits = new Map(); // The changed texts of edit forms, by message id. They stay when another chat is opened.

export class MessageView {
  #textView = null; // A MarkdownView while the message streams.
  #thinkingView = null;
  #shown = { text: 0, thinking: 0 };
  #details = null;
  #isPinned = false; // The reader has clicked in the reasoning or scrolled up, so it stays as it is.
  #isDrawn = false;

  /** @param actions `runOf(message)` returns the running reply of the message, or null. */
  constructor(message, actions) {
    this.message = message;
    this.actions = actions;
    this.body = el("div", { class: message.role === "user" ? "bubble" : "markdown", dir: "auto" });
    this.status = el("div", { class: "status" });
    this.notice = el("div", { class: "notice-place" });
    this.foot = el("div", { class: "foot" });
    const author = message.role === "user" ? t("you") : message.model ?? t("model");
    this.element = el("article", { class: `message ${message.role}`, "aria-label": author });
    this.tools = el("div", { class: "tools" });
    this.element.append(this.body, this.tools, this.status, this.notice, this.foot);
    this.body.textContent = message.text; // Plain text until it is drawn, so that the browser's search finds it and the height is close.
  }

  /** Called when the message is about to become visible. */
  draw() {
    if (this.#isDrawn) {
      return;
    }
    if (this.message.role !== "user" && renderer === null) {
      this.#drawLater();
      return;
    }
    this.#isDrawn = true;
    if (this.message.role === "user") {
      this.#foldLongText();
      (this.message.files ?? []).forEach((file) => this.element.insertBefore(fileView(file), this.body));
      (this.message.images ?? []).forEach((url, i) =>
        this.element.insertBefore(el("img", { class: "picture", src: url, alt: `${t("image")} ${i + 1}` }), this.body));
      this.#drawFoot();
      edits.has(this.message.id) && this.#openForm();
      return;
    }
    this.body.replaceChildren();
    if (this.actions.runOf(this.message)) {
      this.update();
      return;
    }
    if (this.message.thinking) {
      this.#addDetails();
      this.#details.addEventListener("toggle", () => this.#drawThinking(), { once: true });
      this.#labelDetails();
    }
    renderer.renderMarkdown(this.body, this.message.text);
    this.#drawEnd();
  }

  #drawLater() {
    loadRenderer().then(() => this.draw(), () => this.#drawPlain());
  }

  // Without the module the message is plain text.
  #drawPlain() {
    this.body.textContent = this.message.text;
    if (!this.actions.runOf(this.message)) {
      this.#drawEnd();
    }
  }

  update() {
    if (renderer === null) {
      this.#drawLater();
      this.showStatus();
      return;
    }
    this.#isDrawn = true;
    const { message } = this;
    if (message.thinking && this.#details === null) {
      this.#addDetails();
      this.#details.open = true;
    }
    if (this.#details && this.#thinkingView === null) {
      this.#thinkingView = this.#createThinkingView();
      this.#shown.thinking = 0;
    }
    if (this.#textView === null) {
      this.body.replaceChildren();
      this.#textView = new renderer.MarkdownView(this.body);
      this.#shown.text = 0;
      this.foot.replaceChildren();
      this.notice.replaceChildren();
    }
    this.#shown.thinking = appendNew(this.#thinkingView, message.thinking ?? "", this.#shown.thinking);
    this.#shown.text = appendNew(this.#textView, message.text, this.#shown.text);
    this.#labelDetails();
    this.#shown.text > 0 && this.#closeDetails();
    this.showStatus();
  }

  end() {
    if (renderer === null) {
      this.status.replaceChildren();
      this.#drawLater();
      return;
    }
    this.update();
    this.#textView.end();
    this.#thinkingView?.end();
    this.status.replaceChildren();
    this.#textView = null;
    this.#labelDetails();
    this.#drawEnd();
  }

  showStatus() {
    const reply = this.actions.runOf(this.message)?.reply;
    const text = reply ? waitingText(reply) : "";
    if (this.status.textContent !== text) {
      this.status.replaceChildren(text && el("span", { class: "pulse", "aria-hidden": "true" }), text);
    }
  }

  edit() {
    this.#openForm().querySelector("textarea").focus();
  }

  #openForm() {
    const { activeElement } = document; // The edit button, or the message box.
    const { id, index } = this.message;
    const close = () => {
      edits.delete(id);
      form.replaceWith(this.body);
      this.foot.hidden = false;
      activeElement.focus();
    };
    const form = editForm({ ...this.message, ...edits.get(id) }, close, (text) => this.actions.edit(index, text));
    form.addEventListener("input", ({ target }) => edits.set(id, { text: target.value }));
    this.body.replaceWith(form);
    this.foot.hidden = true;
    return form;
  }

  // The button that was pressed is gone with its version.
  focusVersions() {
    this.foot.querySelector(".versions button:enabled")?.focus({ preventScroll: true });
  }

  #foldLongText() {
    const { text } = this.message;
    if (text.length > maxOpenLength || text.split("\n").length > maxOpenLines) {
      const button = el("button", { type: "button", class: "unfold", text: t("showMore"), "aria-expanded": "false", onclick: () => {
        const isOpen = !this.body.classList.toggle("folded");
        button.textContent = t(isOpen ? "showLess" : "showMore");
        button.setAttribute("aria-expanded", String(isOpen));
      } });
      this.body.classList.add("folded");
      this.element.insertBefore(button, this.tools);
    }
  }

  #addDetails() {
    const pin = (isRead) => {
      this.#isPinned = true;
      if (isRead) {
        this.actions.hold();
      }
    };
    this.#details = el("details", { class: "thinking" }, el("summary", { onclick: () => pin(!this.#details.open) }),
      el("div", { class: "thought markdown", dir: "auto", onpointerdown: () => pin(true) }));
    this.element.insertBefore(this.#details, this.body);
  }

  // Closes the reasoning when the answer begins.
  #closeDetails() {
    if (this.#details?.open && !this.#isPinned) {
      this.#isPinned = true;
      this.#details.open = !this.actions.isFollowing();
    }
  }

  #drawThinking() {
    if (this.#thinkingView === null) {
      this.#thinkingView = this.#createThinkingView();
      this.#thinkingView.append(this.message.thinking);
      this.#thinkingView.end();
      this.#shown.thinking = this.message.thinking.length;
    }
  }

  #createThinkingView() {
    const element = this.#details.querySelector(".thought");
    element.replaceChildren();
    return new renderer.MarkdownView(element);
  }

  #labelDetails() {
    const label = this.message.thinkingMs === undefined ? t("thinking") : thoughtLabel(this.message.thinkingMs);
    const summary = this.#details?.querySelector("summary");
    if (summary && summary.textContent !== label) {
      summary.textContent = label;
    }
  }

  #drawEnd() {
    this.tools.replaceChildren(...toolsOf(this.message));
    this.notice.replaceChildren(...noticeOf(this.message, this.actions));
    this.#drawFoot();
  }

  #drawFoot() {
    const { message } = this;
    const isUser = message.role === "user";
    this.foot.replaceChildren(...[
      copyButton(t("copy"), () => message.text),
      isUser && iconButton("edit", t("edit"), () => this.edit()),
      ...(isUser || this.actions.isElsewhere(message) ? [] : againButtons(message, this.actions)),
      versionButtons(message, this.actions),
      !isUser && el("details", { class: "stats" }, el("summary", { "aria-label": t("statistics"), title: t("statistics") }, icon("info")),
        el("span", { text: statistics(message) })),
    ].filter(Boolean));
  }
}

export async function loadRenderer() {
  renderer ??= await import("./render.js");
}

function appendNew(view, text, shown) {
  if (view && text.length > shown) {
    view.append(text.slice(shown));
  }
  return text.length;
}
