// The message box, and queued messages.
import { Attachments } from "./attachments.js";
import { el, fit, icon, iconButton, isComposing, isSend, isTouch } from "./dom.js";
import { read, visit, write } from "./preferences.js";
import { t } from "./texts.js";

const maxPastedLength = 5000; // Characters. A longer text becomes a file.

export class Composer {
  /** @param actions `chat` returns the id of the open chat, or a promise of it. */
  constructor(actions) {
    this.actions = actions;
    const texts = { placeholder: t("placeholder"), "aria-label": t("message"), "aria-describedby": "hint" };
    this.input = el("textarea", { rows: "1", ...texts, dir: "auto", oninput: () => this.#grow() });
    this.attachments = new Attachments({ changed: () => this.refresh(), removed: () => this.keepFocus(), notify: actions.notify });
    this.button = el("button", { class: "primary round", "aria-label": t("send") }, icon("send"));
    this.queued = el("div", { class: "queued", role: "status" });
    const on = { onsubmit: (event) => this.#submit(event), onkeydown: (event) => this.#key(event), onpaste: (event) => this.#paste(event) };
    this.element = el("form", { class: "composer", ...on }, this.queued, this.attachments.element,
      el("div", { class: "write" }, this.attachments.button, this.attachments.input, this.input, this.button));
    this.hint = el("p", { id: "hint", class: "hint", text: !isTouch() && t("hint") });
    this.#acceptDrops();
  }

  /** Puts a message back into the box, in front of what was written meanwhile. */
  restore(message) {
    this.input.value = join(message.text, this.input.value);
    this.attachments.restore(message);
    this.#grow();
  }

  write(text) {
    this.input.value = text;
    this.#grow();
    this.input.focus();
  }

  focus() {
    isTouch() || this.input.focus();
  }

  /** For when the element that had the focus may be gone. */
  keepFocus() {
    document.activeElement === document.body && this.focus();
  }

  get #isEmpty() {
    return this.input.value.trim() === "" && this.attachments.isEmpty;
  }

  /** What is in the box: `{ text, images, files }`. */
  get draft() {
    return { text: this.input.value, ...this.attachments.all };
  }

  showQueued(text, remove) {
    this.queued.replaceChildren(
      ...(text === null ? [] : [el("span", { text: t("queued", text) }), iconButton("close", t("unqueue"), remove)]),
    );
  }

  /** Switches the button between Send and Stop. */
  refresh() {
    const stops = this.actions.isRunning() && this.#isEmpty;
    const label = t(stops ? "stop" : "send");
    this.button.setAttribute("aria-disabled", String(this.#isEmpty && !stops));
    if (this.button.getAttribute("aria-label") !== label) {
      this.button.setAttribute("aria-label", label);
      this.button.title = label;
      this.button.replaceChildren(icon(stops ? "stop" : "send"));
    }
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#isEmpty && this.actions.isRunning()) {
      this.actions.stop();
      return;
    }
    const chat = await this.actions.chat();
    const { problems } = this.attachments;
    await this.attachments.read;
    if (this.#isEmpty || this.actions.chat() !== chat || this.attachments.problems > problems) {
      return;
    }
    const message = { text: this.input.value.trim(), ...this.attachments.take() };
    this.input.value = "";
    this.#grow();
    this.actions.send(message);
  }

  #key(event) {
    if (isComposing(event)) {
      return;
    }
    if (isSend(event) && event.target === this.input) {
      event.preventDefault();
      if (!this.#isEmpty) {
        this.element.requestSubmit();
      }
    } else if (event.key === "ArrowUp" && this.input.value === "" && event.target === this.input && !this.actions.isRunning()) {
      event.preventDefault();
      this.actions.editLast();
    }
  }

  #grow() {
    fit(this.input, 240);
    this.refresh();
  }

  #paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const isRich = text !== "" && event.clipboardData.types.includes("text/html"); // Office programs add a picture of the text.
    const files = [
      ...(isRich ? [] : event.clipboardData.files),
      ...(text.length > maxPastedLength ? [new File([text], t("pastedName"), { type: "text/plain" })] : []),
    ];
    if (files.length > 0) {
      event.preventDefault();
      this.attachments.add(files);
    }
  }

  // Files can be dropped anywhere on the page.
  #acceptDrops() {
    const show = (event, isOver) => {
      if (event.dataTransfer?.types.includes("Files")) {
        event.preventDefault();
        this.element.classList.toggle("dropping", isOver);
      }
    };
    addEventListener("dragover", (event) => show(event, true));
    addEventListener("dragleave", (event) => event.relatedTarget === null && show(event, false));
    addEventListener("drop", (event) => {
      show(event, false);
      this.attachments.add([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

/**
 * The messages that the user sends while replies run, one for each chat. A message is sent after a complete reply to the open chat, and
 * otherwise returns to the message box.
 */
export class Queue {
  #messages = new Map(); // `{ text, images, files }` by chat id.
  #sending = null; // The chat whose message is about to be sent.

  /** @param ready Waits for the models, and resolves to whether there are any. A page that is closed meanwhile keeps the message. */
  constructor(session, composer, ready) {
    Object.assign(this, { session, composer, ready });
  }

  async send(message) {
    const { id } = this.session.chat;
    if (!(await this.ready(message)) || this.session.chat.id !== id) {
      this.composer.restore(message);
    } else if (this.session.run !== null || this.isWaiting) {
      this.add(message);
    } else {
      await this.session.send(message);
    }
  }

  /** Changes or continues a shown message, at once if there are models. An edited one that is not sent is put into the box. */
  async act(index, run, edited) {
    const { id } = this.session.messages[index];
    if ((this.session.access.isReady || (await this.ready(edited))) && this.session.messages[index]?.id === id) {
      run();
    } else if (edited) {
      this.composer.restore(edited);
    }
  }

  /** Queues a message for the open chat. A second one is appended to the first. */
  add(message) {
    this.#messages.set(this.session.chat.id, this.isWaiting ? append(this.#message, message) : message);
    this.show();
  }

  show() {
    this.composer.showQueued(this.#message?.text ?? null, () => this.#restore());
    if (this.#message && this.session.run === null && this.session.chat.id !== this.#sending) {
      this.#restore();
    }
  }

  /** Keeps the queued messages, `others` and the box for `reopen`. */
  keep(others) {
    write("unsent", { messages: [...this.#messages], draft: [...others, this.composer.draft].reduce(append) }, visit);
  }

  /** Removes what `keep` has kept: the page goes on. */
  forget() {
    write("unsent", undefined, visit);
  }

  /** A queued message returns to the box when its chat is opened. */
  reopen() {
    const { messages, draft } = read("unsent", visit) ?? {};
    this.forget();
    this.#messages = new Map(messages);
    draft && this.composer.restore(draft);
  }

  get isWaiting() {
    return this.#message !== undefined;
  }

  async ended({ chat, fault, stopped }) {
    if (this.#message && !fault && !stopped) {
      this.#sending = chat;
      await this.session.sync().catch(() => {}); // Another tab may have written messages, which come first.
      this.#sending = null;
    }
    if (this.#message && this.session.chat.id === chat && this.session.run === null) {
      if (fault || stopped) {
        this.#restore();
      } else {
        this.send(this.#take());
      }
    }
  }

  get #message() {
    return this.#messages.get(this.session.chat.id);
  }

  #take() {
    const message = this.#message;
    this.#messages.delete(this.session.chat.id);
    this.composer.showQueued(null);
    return message;
  }

  #restore() {
    this.composer.restore(this.#take());
  }
}

function append(first, { text, images, files }) {
  return { text: join(first.text, text), images: [...first.images, ...images], files: [...first.files, ...files] };
}

function join(first, second) {
  return [first, second].filter(Boolean).join("\n\n");
}
