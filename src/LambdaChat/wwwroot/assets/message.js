// One message on the page.
import { copyButton, el, iconButton } from "./dom.js";
import { explain, kindOf } from "./faults.js";
import { MarkdownView, renderMarkdown } from "./render.js";
import { t } from "./texts.js";

const shortestRate = 100; // Milliseconds. What came at once has no rate.

export class MessageView {
  #text = null; // A MarkdownView while the message streams.
  #thought = null;
  #shown = { text: 0, thinking: 0 };
  #fold = null;
  #userChoseFold = false;
  #isDrawn = false;

  /** @param actions `{ again, edit, resume, runOf }`; `runOf(message)` is its run while it streams, else null. */
  constructor(message, actions) {
    this.message = message;
    this.actions = actions;
    this.body = el("div", { class: message.role === "user" ? "bubble" : "markdown" });
    this.status = el("div", { class: "status" });
    this.notice = el("div", { class: "notice-place" });
    this.foot = el("div", { class: "foot" });
    this.element = el("article", { class: `message ${message.role}`, "aria-label": message.role === "user" ? t("you") : message.model ?? t("model") });
    this.element.append(this.body, this.status, this.notice, this.foot);
    this.body.textContent = message.text; // Found by the browser's search, and as high as its text before it is drawn.
  }

  /** Draws what a message needs to be read. Called once it comes near the visible part of the page. */
  draw() {
    if (this.#isDrawn) {
      return;
    }
    this.#isDrawn = true;
    if (this.message.role === "user") {
      (this.message.images ?? []).forEach((url, i) => this.element.insertBefore(el("img", { class: "picture", src: url, alt: `${t("image")} ${i + 1}` }), this.body));
      this.#drawFoot();
      return;
    }
    this.body.replaceChildren();
    if (this.actions.runOf(this.message)) {
      this.update();
      return;
    }
    if (this.message.thinking) {
      this.#addFold();
      this.#fold.addEventListener("toggle", () => this.#drawThought(), { once: true });
      this.#labelFold();
    }
    renderMarkdown(this.body, this.message.text);
    this.#drawNotice();
    this.#drawFoot();
  }

  /** Shows what has come since the last time. */
  update() {
    this.#isDrawn = true;
    const { message } = this;
    if (message.thinking && this.#fold === null) {
      this.#addFold();
      this.#fold.open = true;
    }
    if (this.#fold && this.#thought === null) {
      this.#thought = this.#emptyThought();
      this.#shown.thinking = 0;
    }
    if (this.#text === null) {
      this.body.replaceChildren();
      this.#text = new MarkdownView(this.body);
      this.#shown.text = 0;
      this.foot.replaceChildren();
      this.notice.replaceChildren();
    }
    this.#shown.thinking = grow(this.#thought, message.thinking ?? "", this.#shown.thinking);
    this.#shown.text = grow(this.#text, message.text, this.#shown.text);
    this.#labelFold();
    if (this.#fold && this.#shown.text > 0 && !this.#userChoseFold) {
      this.#fold.open = false;
    }
    this.showStatus();
  }

  /** The streamed message is whole, or as whole as it gets. */
  end() {
    this.update();
    if (this.#fold && !this.#userChoseFold && this.message.text !== "") {
      this.#fold.open = false;
    }
    this.status.replaceChildren();
    this.#text = null;
    this.#labelFold();
    this.#drawNotice();
    this.#drawFoot();
  }

  /** What is waited for, and how long. */
  showStatus() {
    const reply = this.actions.runOf(this.message)?.reply;
    const seconds = Math.floor((reply?.elapsed ?? 0) / 1000);
    const text = !reply || reply.hasBegun ? "" : reply.isWaking ? t("waking", seconds) : t("waiting", seconds);
    if (this.status.textContent !== text) {
      this.status.replaceChildren(text && el("span", { class: "pulse", "aria-hidden": "true" }), text);
    }
  }

  /** Puts an input in the place of the text. */
  edit() {
    const input = el("textarea", { class: "edit", "aria-label": t("edit"), rows: Math.min(12, this.message.text.split("\n").length + 1) });
    input.value = this.message.text;
    const close = () => {
      form.replaceWith(this.body);
      this.foot.hidden = false;
    };
    const form = el("form", { class: "edit-form", onsubmit: (event) => {
      event.preventDefault();
      close();
      this.actions.edit(this.message.index, input.value);
    }, onkeydown: (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        close();
      } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    } }, input, el("div", { class: "edit-buttons" }, el("button", { type: "button", text: t("cancel"), onclick: close }), el("button", { class: "primary", text: t("resend") })));
    this.body.replaceWith(form);
    this.foot.hidden = true;
    input.focus();
  }

  #addFold() {
    const summary = el("summary", { onclick: () => (this.#userChoseFold = true) });
    this.#fold = el("details", { class: "thinking" }, summary, el("div", { class: "thought markdown" }));
    this.element.insertBefore(this.#fold, this.body);
  }

  #drawThought() {
    if (this.#thought === null) {
      this.#thought = this.#emptyThought();
      this.#thought.append(this.message.thinking);
      this.#shown.thinking = this.message.thinking.length;
    }
  }

  #emptyThought() {
    const element = this.#fold.querySelector(".thought");
    element.replaceChildren();
    return new MarkdownView(element);
  }

  #labelFold() {
    const label = this.message.thinkingMs === undefined ? t("thinking") : t("thought", (this.message.thinkingMs / 1000).toFixed(1));
    const summary = this.#fold?.querySelector("summary");
    if (summary && summary.textContent !== label) {
      summary.textContent = label;
    }
  }

  #drawNotice() {
    const { fault, stopped, finish } = this.message;
    const words = fault ? explain(fault) : { title: stopped ? t("stopped") : finish === "length" ? t("cut") : finish === "content_filter" ? t("filtered") : null };
    if (words.title === null) {
      this.notice.replaceChildren();
      return;
    }
    const canContinue = this.message.text !== "" && !(fault && ["key", "context", "model"].includes(kindOf(fault)));
    this.notice.replaceChildren(el("div", { class: fault ? "notice fault" : "notice" },
      el("strong", { text: words.title }), words.advice && el("p", { text: words.advice }), words.details && el("p", { class: "details", text: words.details }),
      el("div", { class: "notice-buttons" },
        canContinue && el("button", { type: "button", class: "resume", text: t("continueReply"), onclick: () => this.actions.resume(this.message) }),
        el("button", { type: "button", class: "retry", text: t("again"), onclick: () => this.actions.again(this.message.index) }))));
  }

  #drawFoot() {
    const { message } = this;
    const isUser = message.role === "user";
    this.foot.replaceChildren(...[
      copyButton(t("copy"), () => message.text),
      isUser ? iconButton("edit", t("edit"), () => this.edit()) : iconButton("again", t("again"), () => this.actions.again(message.index)),
      !isUser && el("span", { class: "stats", text: [message.model, ...describe(message.stats)].filter(Boolean).join(" · ") }),
    ].filter(Boolean));
  }
}

function grow(view, text, shown) {
  if (view && text.length > shown) {
    view.append(text.slice(shown));
  }
  return text.length;
}

function describe(stats) {
  if (!stats) {
    return [];
  }
  const rate = (stats.tokens * 1000) / stats.streamMs;
  return [
    t("first", (stats.firstMs / 1000).toFixed(1)),
    stats.streamMs >= shortestRate && t("rate", rate < 10 ? rate.toFixed(1) : Math.round(rate)),
    t("tokens", stats.isCounted ? stats.tokens : t("about", stats.tokens)),
    stats.prompt !== null && t("prompt", stats.prompt),
  ];
}
