// The open chat, and the running replies of all chats. The session updates both the view and the store.
import { firstSentence } from "./characters.js";
import { newId } from "./dom.js";
import { historyOf } from "./reply.js";
import { RemoteReplies, Runs } from "./runs.js";
import { hideFrom, Writer } from "./store.js";

const maxTitleLength = 80; // Characters.
const continueText = "Continue exactly where you stopped. Do not repeat anything and do not comment on this.";

export class Session {
  #openings = 0; // Only the chat that was chosen last is opened.
  #writer;
  #remote;

  /**
   * @param access `{ api, model, isReady }`: the selected API and model.
   * @param view `{ show, add, update, replace, changed, ended, notSaved, written }`
   */
  constructor(store, access, preferences, view) {
    Object.assign(this, { store, access, view, chat: null, messages: [] });
    const isShown = (run) => this.chat?.id === run.chat.id;
    this.#writer = new Writer(store, () => view.notSaved());
    this.#remote = new RemoteReplies(() => this.sync());
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
    this.messages = [];
    this.view.show(this.messages);
  }

  async open(chat) {
    const opening = ++this.#openings;
    const messages = await this.#read(chat.id);
    if (opening !== this.#openings) {
      return;
    }
    this.#writer.changes++;
    this.chat = this.runs.of(chat.id)?.chat ?? chat;
    this.messages = messages;
    if (this.run) {
      this.messages[this.run.message.index] = this.run.message;
    }
    this.#resume(this.chat, this.messages, () => this.view.show(this.messages));
  }

  /**
   * Continues the stored replies that were running when the page was closed: of the open chat, and of those that are marked. Call it when
   * the models are loaded. Another tab may have removed the mark of the open chat meanwhile.
   */
  async resume() {
    for (const chat of await this.store.chats()) {
      const isOpen = this.chat?.id === chat.id;
      if (isOpen || chat.isRunning) {
        const messages = isOpen ? this.messages : await this.store.messages(chat.id);
        this.#resume(isOpen ? this.chat : chat, messages, (run) => run && isOpen && this.view.show(messages));
      }
    }
  }

  /** Whether another tab receives a message. */
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
    const { changes } = this.#writer;
    const [messages, chats] = await Promise.all([this.#read(this.chat.id), this.store.chats()]);
    if (changes !== this.#writer.changes) {
      await this.sync();
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

  async send(text, { images = [], files = [] }, version = {}) {
    const attached = { ...(images.length > 0 && { images }), ...(files.length > 0 && { files }) };
    const message = { chat: this.chat.id, index: this.messages.length, role: "user", text, ...attached, ...version };
    this.messages.push(message);
    this.view.add(message);
    this.chat.title ||= firstSentence(text || files.map((file) => file.name).join(", "), maxTitleLength) || "…";
    this.chat.updated = Date.now();
    const { chat } = this;
    // Both writes begin before the page can close.
    const saved = this.#writer.write((store) => Promise.all([store.saveChat(chat), store.saveMessages([message])]));
    const replying = this.#reply();
    await saved;
    this.view.changed();
    this.view.written();
    await replying;
  }

  stop() {
    if (this.run) {
      this.runs.cancel(this.run);
    }
  }

  /** Requests the reply at an index again, as a new version. */
  async again(index) {
    const { hidden, version } = this.#hide(index);
    const replaced = this.#replace(index, [], hidden);
    await Promise.all([replaced, this.#reply(replaced, version)]);
  }

  /** Continues from a changed user message, as a new version of it. */
  async edit(index, text) {
    const { images, files } = this.messages[index];
    const { hidden, version } = this.#hide(index);
    await this.#replace(index, [], hidden);
    await this.send(text, { images, files }, version);
  }

  /** Shows another version of the message at an index, with what followed it. */
  async change(index, id) {
    const chat = this.chat.id;
    const version = (await this.store.versions(chat)).find((other) => other.index === id);
    if (version && this.chat.id === chat && this.messages[index]?.versions?.includes(id)) {
      const { versions, version: current } = this.messages[index];
      const { hidden } = this.#hide(index);
      // The list may have changed while it was hidden.
      version.messages[0].versions = versions.filter((other) => hidden || other !== current);
      await this.#replace(index, version.messages, hidden, id);
    }
  }

  /** Continues an incomplete reply. */
  async continue() {
    const last = this.messages.at(-1);
    if (last.text === "") {
      await this.again(last.index);
      return;
    }
    delete last.fault;
    delete last.stopped;
    delete last.finish;
    const run = this.runs.begin(last, this.chat);
    await this.runs.stream(run, [...historyOf(this.messages, this.access.model), { role: "user", content: continueText }]);
  }

  #read(chat) {
    return this.#remote.find(
      () => this.store.messages(chat),
      ({ index }) => this.runs.of(chat)?.message.index === index,
    );
  }

  // Shows messages, and continues the stored reply among them.
  #resume(chat, messages, show) {
    const run = this.runs.resume(chat, messages);
    show(run);
    if (run) {
      this.runs.stream(run, null);
    }
  }

  #showWritten(messages) {
    let index = 0;
    while (index < messages.length && this.#isShown(messages[index])) {
      index++;
    }
    const isEdited = messages.length === 0; // The other tab stores its new first message next.
    if (!isEdited && index < Math.max(messages.length, this.messages.length)) {
      this.messages.splice(index, Infinity, ...messages.slice(index));
      this.#resume(this.chat, this.messages, () => this.view.replace(index, this.messages.slice(index), false));
    }
  }

  #isShown(message) {
    const shown = this.messages[message.index];
    return contentOf(message) === contentOf(shown) && this.isElsewhere(message) === this.isElsewhere(shown);
  }

  // A reply that runs is stopped, and hidden with the other messages.
  #hide(index) {
    this.#writer.changes++;
    const { run } = this;
    if (run) {
      run.message.stopped = true;
      run.reply.end();
      this.runs.abandon(this.chat.id);
    }
    return hideFrom(this.messages, index);
  }

  async #replace(index, messages, hidden, shown = "") {
    this.messages.push(...messages);
    this.view.replace(index, messages, true);
    await this.#writer.write((store) => store.replace(this.chat.id, index, messages, hidden, shown));
    this.view.written();
  }

  #reply(ready, version = {}) {
    const model = this.access.model?.id;
    const message = { chat: this.chat.id, index: this.messages.length, role: "assistant", text: "", model, ...version };
    const history = historyOf(this.messages, this.access.model);
    const run = this.runs.begin(message, this.chat);
    this.messages.push(message);
    this.view.add(message);
    this.runs.save(run); // Before another tab learns of the question, so that it takes the next index.
    return this.runs.stream(run, history, ready);
  }
}

// The content of a message without its times, which differ between tabs that follow the same reply.
function contentOf({ role, text, thinking, tools, fault, stopped, finish, stored, version, versions } = {}) {
  return JSON.stringify([role, text, thinking, tools, fault, stopped, finish, stored?.id, version, versions]);
}
