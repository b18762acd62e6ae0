// The open chat, and the running replies of all chats. The session updates both the view and the store.
import { contentOf, hideFrom, recover, Writer } from "./changes.js";
import { firstSentence } from "./characters.js";
import { newId } from "./dom.js";
import { historyOf } from "./reply.js";
import { partOf, RemoteReplies, Runs } from "./runs.js";

const maxTitleLength = 80; // Characters.
const continueText = "Continue exactly where you stopped. Do not repeat anything and do not comment on this.";

export class Session {
  #openings = 0; // Only the chat that was chosen last is opened.
  #opening;
  #writer;
  #remote;

  constructor(store, access, preferences, view) {
    Object.assign(this, { store, access, view, chat: null, messages: [] });
    const isShown = (run) => this.chat?.id === run.chat.id;
    this.#writer = new Writer(store, () => view.notSaved());
    this.#remote = new RemoteReplies(() => recover(store).then(() => this.sync()));
    this.runs = new Runs(access, preferences, this.#writer, {
      ...view,
      update: (run) => isShown(run) && view.update(run.message),
      ended: (run) => view.ended(run.message, isShown(run)),
      behind: () => this.sync(),
    });
  }

  /** The running reply of the open chat, or null. */
  get run() {
    return this.runs.of(this.chat?.id);
  }

  /** Opens a new chat. It is stored with its first message. */
  start() {
    this.#openings++;
    this.#writer.changes++;
    this.chat = { id: newId(), title: "", created: Date.now(), updated: Date.now(), sampling: {} };
    this.view.show((this.messages = []));
  }

  open(chat) {
    return (this.#opening = this.#open(chat, ++this.#openings));
  }

  /** Resolves when no chat is being opened. */
  async opened() {
    for (let opening; opening !== this.#opening; ) {
      opening = this.#opening;
      await opening.catch(() => {});
    }
  }

  async #open(chat, opening) {
    const messages = await this.#writer.settled(() => this.#read(chat.id));
    if (opening !== this.#openings) {
      return;
    }
    this.#writer.changes++;
    const run = this.runs.of(chat.id);
    this.chat = run?.chat ?? chat;
    this.messages = messages;
    if (run && (this.#writer.hasFailed || messages[run.message.index]?.id === run.message.id)) {
      messages[run.message.index] = run.message;
    } else {
      this.runs.abandon(run); // Another tab has replaced its message.
    }
    this.#resume(this.chat, this.messages, () => this.view.show(this.messages));
  }

  /** Continues the stored replies that were running when the page was closed. */
  async resume() {
    for (const chat of await this.store.chats()) {
      const isOpen = this.chat?.id === chat.id;
      if (isOpen || chat.isRunning) {
        const messages = isOpen ? this.messages : await this.store.messages(chat.id);
        this.#resume(isOpen ? this.chat : chat, messages, (run) => run && isOpen && this.view.show(messages));
      }
    }
  }

  isElsewhere(message) {
    return this.#remote.has(message);
  }

  /** The object of a chat that the session saves. Changes of another object would be lost. */
  own(chat) {
    this.#writer.changes++;
    return this.runs.of(chat.id)?.chat ?? (this.chat.id === chat.id ? this.chat : chat);
  }

  /** Shows what another tab has written to the open chat. */
  async sync() {
    if (this.#writer.hasFailed || (this.messages.length === 0 && this.runs.count === 0)) {
      return;
    }
    const [messages, chats] = await this.#writer.settled(() => Promise.all([this.#read(this.chat.id), this.store.chats()]));
    if (this.#writer.hasFailed) {
      return;
    }
    const latest = new Map(chats.map((chat) => [chat.id, chat]));
    this.runs.sync(latest);
    if (this.run) {
      this.run.isBehind = true;
    } else if (this.messages.length > 0 && !latest.has(this.chat.id)) {
      this.start(); // The chat was deleted.
    } else if (this.messages.length > 0) {
      this.chat = latest.get(this.chat.id);
      this.#showWritten(messages);
    }
  }

  /** Sends a message: `{ text, images, files }`. */
  send(message) {
    return this.#ask(this.messages.length, message);
  }

  stop() {
    this.run && this.runs.cancel(this.run);
  }

  /** Requests the reply at an index again, as a new version. */
  again(index) {
    return this.#ask(index, null);
  }

  /** Continues from a changed user message, as a new version of it. */
  edit(index, text) {
    const { images = [], files = [] } = this.messages[index];
    return this.#ask(index, { text, images, files });
  }

  /** Shows another version of the message at an index, with what followed it. */
  async change(index, id) {
    const chat = this.chat.id;
    const version = (await this.store.versions(chat)).find((other) => other.index === id);
    const { versions, version: current } = this.messages[index] ?? {};
    if (version && this.chat.id === chat && versions?.includes(id) && current !== id) {
      const taken = this.#take(index);
      // The list may have changed while it was hidden.
      version.messages[0].versions = versions.filter((other) => taken.hidden || other !== current);
      this.messages.push(...version.messages);
      this.view.replace(index, version.messages, true);
      await this.#write({ ...taken, messages: version.messages, shown: id });
    }
  }

  async continue() {
    if (this.run) {
      return; // The button was pressed twice.
    }
    const last = this.messages.at(-1);
    if (last.text === "") {
      return this.again(last.index);
    }
    delete last.fault;
    delete last.stopped;
    delete last.finish;
    const run = this.runs.begin(last, this.chat);
    this.runs.stream(run, [...historyOf(this.messages, this.access.model), { role: "user", content: continueText }]);
    await this.runs.save(run);
    this.view.written();
  }

  #read(chat) {
    return this.#remote.find(
      () => this.store.messages(chat),
      ({ id }) => this.runs.of(chat)?.message.id === id,
    );
  }

  #resume(chat, messages, show) {
    const run = this.runs.resume(chat, messages);
    show(run);
    if (run) {
      this.runs.stream(run, null);
    }
  }

  #showWritten(messages) {
    const first = messages.findIndex((message) => !this.#isShown(message));
    const index = first < 0 ? messages.length : first;
    if (index < Math.max(messages.length, this.messages.length)) {
      this.messages.splice(index, Infinity, ...messages.slice(index));
      this.#resume(this.chat, this.messages, () => this.view.replace(index, this.messages.slice(index), false));
    }
  }

  #isShown(message) {
    const shown = this.messages[message.index];
    return contentOf(message) === contentOf(shown) && this.isElsewhere(message) === this.isElsewhere(shown);
  }

  // Takes the messages from an index on out of the chat. Returns what `replace` and a new version need.
  #take(index) {
    const { chat, messages, run } = this;
    const first = Math.max(0, index - 1);
    const ids = messages.slice(first).map(({ id }) => id);
    const elsewhere = messages.filter((message) => this.isElsewhere(message)).map(({ id }) => id);
    this.#writer.changes++;
    if (run) {
      run.message.stopped = true;
      run.reply.end();
      this.runs.abandon(run);
    }
    const hidden = hideFrom(messages, index);
    this.view.replace(index, [], true);
    return { chat, first, index, ids, elsewhere, ...hidden };
  }

  // Replaces the messages from an index on with a question, if there is one, and requests the reply.
  async #ask(index, question) {
    const { version, ...taken } = this.#take(index);
    const { chat, messages, access: { model } } = this;
    const create = (fields) => ({ id: newId(), chat: chat.id, index: messages.length, ...fields });
    const add = (message) => this.view.add((messages[message.index] = message));
    if (question) {
      add(create({ role: "user", ...question, ...version }));
      chat.title ||= firstSentence(question.text || question.files.map(({ name }) => name).join(", "), maxTitleLength) || "…";
      chat.updated = Date.now();
    }
    const history = historyOf(messages, model);
    const run = this.runs.begin(create({ role: "assistant", text: "", model: model?.id, ...(question ? {} : version) }), chat);
    add(run.message);
    this.runs.stream(run, history);
    const isWritten = await this.#write({ ...taken, messages: [...messages.slice(index, -1), partOf(run)] }, run);
    if (!isWritten && question) {
      this.view.notSent(question);
    }
  }

  // If another tab has changed what was shown, nothing is written, and its state is shown.
  async #write(change, run) {
    const isWritten = await this.#writer.write(change);
    if (isWritten) {
      this.view.changed();
      this.view.written();
    } else {
      this.runs.abandon(run);
      await this.sync();
    }
    return isWritten;
  }
}
