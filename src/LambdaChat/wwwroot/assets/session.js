// The open chat and all running replies. The session updates both the view and the store.
import { firstCharacters } from "./characters.js";
import { newId } from "./dom.js";
import { Reply } from "./reply.js";
import { historyOf, toRequest } from "./request.js";
import { hold, heldNow, untilFree } from "./running.js";
import { follow } from "./stored.js";

const saveInterval = 2000; // Milliseconds between saves of a streaming reply.
const maxTitleLength = 80; // Characters.
const continueText = "Continue exactly where you stopped. Do not repeat anything and do not comment on this.";

export class Session {
  #running = new Map(); // Running replies by chat id.
  #isClosing = false;
  #isUnsaved = false; // The store has failed, so what it has is not compared with what is shown.
  #openings = 0; // Only the chat that was chosen last is opened.
  #changes = 0; // What was read from the store before a change is older than what is shown.
  #elsewhere = new WeakSet(); // Messages that another tab receives.
  #awaited = new Set(); // The chats and indexes of these messages.

  /** @param access `{ api, model, isReady }`: the selected API and model. @param view `{ show, add, update, replace, changed, ended, notSaved, written }` */
  constructor(store, access, preferences, view) {
    Object.assign(this, { store, access, preferences, view, chat: null, messages: [] });
  }

  get run() {
    return this.#running.get(this.chat?.id) ?? null;
  }

  /** Opens a new chat. It is stored with its first message. */
  start() {
    this.#openings++;
    this.#changes++;
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
    this.#changes++;
    this.chat = this.#running.get(chat.id)?.chat ?? chat;
    this.messages = messages;
    if (this.run) {
      this.messages[this.run.message.index] = this.run.message;
    }
    const run = this.#resume(this.chat, this.messages);
    this.view.show(this.messages);
    if (run) {
      this.#stream(run, null);
    }
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
        const run = this.#resume(isOpen ? this.chat : chat, messages);
        if (run) {
          if (isOpen) {
            this.view.show(messages);
          }
          this.#stream(run, null);
        }
      }
    }
  }

  /** Whether another tab receives a message. */
  isElsewhere(message) {
    return this.#elsewhere.has(message);
  }

  /** The object of a chat that the session saves. Changes of another object would be lost. */
  own(chat) {
    this.#changes++;
    return this.#running.get(chat.id)?.chat ?? (this.chat.id === chat.id ? this.chat : chat);
  }

  /** Shows what another tab has written to the open chat. The chats of running replies, which are saved later, get what it has changed. */
  async sync() {
    if (this.#isUnsaved || (this.messages.length === 0 && this.#running.size === 0)) {
      return;
    }
    const changes = this.#changes;
    const [messages, chats] = await Promise.all([this.#read(this.chat.id), this.store.chats()]);
    if (changes !== this.#changes) {
      await this.sync();
      return;
    }
    const latest = new Map(chats.map((chat) => [chat.id, chat]));
    this.#running.forEach((run) => this.#syncRun(run, latest.get(run.chat.id)));
    if (this.run) {
      this.run.isBehind = true;
      return;
    }
    if (this.messages.length === 0) {
      return;
    }
    if (!latest.has(this.chat.id)) {
      this.start(); // The chat was deleted.
      return;
    }
    this.chat = latest.get(this.chat.id);
    let index = 0;
    while (index < messages.length && this.#isShown(messages[index])) {
      index++;
    }
    const isEdited = messages.length === 0; // The other tab stores its new first message next.
    if (!isEdited && index < Math.max(messages.length, this.messages.length)) {
      this.messages.splice(index, Infinity, ...messages.slice(index));
      const run = this.#resume(this.chat, this.messages);
      this.view.replace(index, this.messages.slice(index), false);
      if (run) {
        this.#stream(run, null);
      }
    }
  }

  #isShown(message) {
    const shown = this.messages[message.index];
    return contentOf(message) === contentOf(shown) && this.isElsewhere(message) === this.isElsewhere(shown);
  }

  // The messages of a chat. A reply that another tab receives is stored as interrupted, in case that tab closes.
  async #read(chat) {
    const isHeld = await heldNow(); // Before the messages: a reply that ends meanwhile is read whole or awaited.
    const messages = await this.store.messages(chat);
    const own = this.#running.get(chat)?.message.index;
    for (const message of messages.filter((other) => other.fault?.code === "interrupted" && other.index !== own && isHeld(other))) {
      this.#elsewhere.add(message);
      this.#await(message);
    }
    return messages;
  }

  async #await(message) {
    const key = `${message.chat} ${message.index}`;
    if (!this.#awaited.has(key)) {
      this.#awaited.add(key);
      await untilFree(message);
      this.#awaited.delete(key);
      await this.sync();
    }
  }

  #syncRun(run, latest) {
    if (latest) {
      const { title, pinned, sampling } = latest;
      Object.assign(run.chat, { title, pinned, sampling });
    } else {
      this.abandon(run.chat.id);
      this.#keep(() => this.store.deleteChat(run.chat.id)); // A part of the reply may have been saved after the deletion.
    }
  }

  // Without models there is no key yet, and `resume` follows.
  #resume(chat, messages) {
    const unfinished = messages.find((message) => message.stored);
    return unfinished && this.access.isReady && !this.#running.has(chat.id) ? this.#begin(unfinished, chat) : null;
  }

  async send(text, { images = [], files = [] }, version = {}) {
    const message = { chat: this.chat.id, index: this.messages.length, role: "user", text, ...(images.length > 0 && { images }), ...(files.length > 0 && { files }), ...version };
    this.messages.push(message);
    this.view.add(message);
    this.chat.title ||= titleOf(text || files.map((file) => file.name).join(", "));
    this.chat.updated = Date.now();
    const { chat } = this;
    const saved = this.#keep(() => Promise.all([this.store.saveChat(chat), this.store.saveMessages([message])])); // Both before the page can close.
    const replying = this.#reply();
    await saved;
    this.view.changed();
    this.view.written();
    await replying;
  }

  stop() {
    if (this.run) {
      this.#cancel(this.run);
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
      version.messages[0].versions = versions.filter((other) => hidden || other !== current); // The list may have changed while it was hidden.
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
    await this.#stream(this.#begin(last), [...historyOf(this.messages), { role: "user", content: continueText }]);
  }

  /** Saves the running replies, because the page is being closed. */
  close() {
    this.#isClosing = true;
    this.#running.forEach((run) => this.#save(run));
  }

  /** The page is shown again without having been closed. */
  reopen() {
    this.#isClosing = false;
  }

  /** Cancels and discards a chat's running reply, because it is replaced or its chat is deleted. */
  abandon(chat) {
    const run = this.#running.get(chat);
    if (run) {
      run.isDiscarded = true;
      this.#cancel(run);
      this.#running.delete(chat);
    }
  }

  /** Cancels and discards all running replies, because all chats are deleted. */
  abandonAll() {
    [...this.#running.keys()].forEach((chat) => this.abandon(chat));
  }

  // Takes the messages from an index on out of the chat. Returns them as a hidden version, and the fields for the version that replaces them.
  #hide(index) {
    this.#changes++;
    const { run } = this;
    if (run) {
      run.message.stopped = true;
      run.reply.end();
      this.abandon(this.chat.id);
    }
    const messages = this.messages.splice(index);
    const [first] = messages;
    const { versions = [], version = newId() } = first;
    if (messages.length === 1 && isWithoutContent(first)) {
      return { hidden: null, version: first.versions && { versions, version } };
    }
    const next = newId();
    Object.assign(first, { version, versions: versions.length > 0 ? versions : [version] });
    return { hidden: { chat: this.chat.id, index: version, messages }, version: { versions: [...first.versions, next], version: next } };
  }

  async #replace(index, messages, hidden, shown = "") {
    this.messages.push(...messages);
    this.view.replace(index, messages, true);
    await this.#keep(() => this.store.replace(this.chat.id, index, messages, hidden, shown));
    this.view.written();
  }

  #reply(ready, version = {}) {
    const message = { chat: this.chat.id, index: this.messages.length, role: "assistant", text: "", model: this.access.model?.id, ...version };
    const history = historyOf(this.messages);
    const run = this.#begin(message);
    this.messages.push(message);
    this.view.add(message);
    this.#save(run); // Before another tab learns of the question, so that it takes the next index.
    return this.#stream(run, history, ready);
  }

  #begin(message, chat = this.chat) {
    this.#changes++;
    const { stored = null } = message; // Of a reply that was running when the page was closed.
    delete message.stored;
    const run = { chat, message, stored, abort: new AbortController(), reply: new Reply(message), saved: performance.now(), isNamed: stored !== null, isDiscarded: false, isCanceled: false, isBehind: false };
    this.#running.set(run.chat.id, run);
    return run;
  }

  // `history` is null for a stored reply that has begun already.
  #stream(run, history, ready = null) {
    const ended = this.#receive(run, history, ready);
    hold(run.message, ended);
    return ended;
  }

  async #receive(run, history, ready) {
    const { model } = this.access;
    const { message } = run;
    const body = history && toRequest(model, history, { ...this.preferences.sampling, ...run.chat.sampling });
    run.chat.isRunning = body === null || body.store === true;
    this.view.changed();
    await ready;
    if (run.chat.isRunning && body) {
      this.#keep(() => this.store.saveChat(run.chat));
    }
    try {
      for await (const batch of follow(this.access, run, body)) {
        if (run.isCanceled) {
          this.#cancel(run);
        }
        batch.forEach((item) => run.reply.add(item));
        this.#show(run);
        this.#saveSometimes(run);
      }
    } catch (error) {
      if (error.name === "AbortError") {
        message.stopped = true;
      } else {
        run.reply.fail(this.#isClosing || (history === null && error.status === 404) ? { code: "interrupted", message: "" } : error);
      }
    }
    if (!this.#isClosing || run.stored === null) {
      await this.#end(run);
    }
  }

  // The function does not learn that a client has left. The id of a stored reply comes with the response, so the page waits for it.
  #cancel(run) {
    if (run.stored) {
      this.access.api.cancel(run.stored.id).catch(() => {}); // Without a connection, the reply ends by itself.
    }
    if (run.stored || !run.chat.isRunning) {
      run.abort.abort();
    } else if (!run.isCanceled) {
      run.isCanceled = true;
      run.message.stopped = true;
      this.#end(run);
      run.isDiscarded = true;
    }
  }

  async #end(run) {
    if (run.isDiscarded) {
      return;
    }
    this.#changes++;
    run.reply.end();
    delete run.chat.isRunning;
    if (this.#running.get(run.chat.id) === run) {
      this.#running.delete(run.chat.id);
    }
    run.chat.updated = Date.now();
    const isSaved = this.#keep(() => Promise.all([this.store.saveMessages([run.message]), this.store.saveChat(run.chat)]));
    this.view.ended(run.message, this.chat?.id === run.chat.id);
    await isSaved;
    this.view.changed();
    this.view.written();
    if (run.isBehind) {
      await this.sync();
    }
  }

  // The store can fail at any time, for example at the browser's quota. The chat then continues without it.
  async #keep(write) {
    try {
      await write();
    } catch {
      this.#isUnsaved = true;
      this.#changes++;
      this.view.notSaved();
    }
  }

  #show(run) {
    if (this.chat?.id === run.chat.id && !run.isDiscarded) {
      this.view.update(run.message);
    }
  }

  // If the page closes without notice, the store has the text so far, marked as interrupted unless the function has stored the reply. Another tab
  // can show a stored reply as soon as it knows its id.
  async #saveSometimes(run) {
    const isNamed = run.stored !== null && !run.isNamed;
    if (isNamed || performance.now() - run.saved > saveInterval) {
      run.isNamed ||= isNamed;
      await this.#save(run);
    }
    if (isNamed) {
      this.view.written();
    }
  }

  async #save(run) {
    if (!run.isDiscarded) {
      run.saved = performance.now();
      await this.#keep(() => this.store.saveMessages([{ ...run.message, ...(run.stored ? { stored: run.stored } : { fault: { code: "interrupted", message: "" } }) }]));
    }
  }
}

// The first sentence of a text.
function titleOf(text) {
  const line = text.trim().replace(/\s+/g, " ");
  const sentence = /^.{8,}?(?:[.!?](?= )|[。！？])/u.exec(line)?.[0] ?? line;
  return firstCharacters(sentence, maxTitleLength) || "…";
}

// What tabs that follow the same reply have in common: all but the times.
function contentOf({ role, text, thinking, tools, fault, stopped, finish, stored, version, versions } = {}) {
  return JSON.stringify([role, text, thinking, tools, fault, stopped, finish, stored?.id, version, versions]);
}

function isWithoutContent({ role, text, thinking, tools }) {
  return role === "assistant" && text === "" && !thinking && !tools;
}
