// The open chat and all running replies. The session updates both the view and the store.
import { firstCharacters } from "./characters.js";
import { Reply } from "./reply.js";

const saveInterval = 2000; // Milliseconds between saves of a streaming reply.
const maxTitleLength = 80; // Characters.
const continueText = "Continue exactly where you stopped. Do not repeat anything and do not comment on this.";

export class Session {
  #running = new Map(); // Running replies by chat id.
  #isClosing = false;

  /** @param access `{ api, model }`: the selected API and model. @param view `{ show, add, update, truncate, changed, ended, notSaved }` */
  constructor(store, access, preferences, view) {
    Object.assign(this, { store, access, preferences, view, chat: null, messages: [] });
  }

  get run() {
    return this.#running.get(this.chat?.id) ?? null;
  }

  /** Opens a new chat. It is stored with its first message. */
  start() {
    this.chat = { id: crypto.randomUUID(), title: "", created: Date.now(), updated: Date.now(), sampling: this.preferences.sampling };
    this.messages = [];
    this.view.show(this.messages);
  }

  async open(chat) {
    const messages = await this.store.messages(chat.id);
    this.chat = this.#running.get(chat.id)?.chat ?? chat;
    this.messages = messages;
    if (this.run) {
      this.messages[this.run.message.index] = this.run.message;
    }
    this.view.show(this.messages);
  }

  async send(text, images = []) {
    const message = { chat: this.chat.id, index: this.messages.length, role: "user", text, ...(images.length > 0 && { images }) };
    this.messages.push(message);
    this.view.add(message);
    this.chat.title ||= firstCharacters(text.trim().replace(/\s+/g, " "), maxTitleLength) || "…";
    this.chat.updated = Date.now();
    const { chat } = this;
    const replying = this.#reply();
    await this.#keep(() => this.store.saveChat(chat));
    await this.#keep(() => this.store.saveMessages([message]));
    this.view.changed();
    await replying;
  }

  stop() {
    this.run?.abort.abort();
  }

  /** Requests the reply at an index again. */
  async again(index) {
    const truncated = this.#truncate(index);
    await Promise.all([truncated, this.#reply(truncated)]);
  }

  /** Replaces a user message and continues from there. */
  async edit(index, text) {
    const { images } = this.messages[index];
    await this.#truncate(index);
    await this.send(text, images);
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
    await this.#stream(this.#begin(last), [...this.#history(this.messages), { role: "user", content: continueText }]);
  }

  /** Saves the running replies, because the page is being closed. */
  close() {
    this.#isClosing = true;
    this.#running.forEach((run) => this.#save(run));
  }

  /** Cancels and discards a chat's running reply, because it is replaced or its chat is deleted. */
  abandon(chat) {
    const run = this.#running.get(chat);
    if (run) {
      run.isDiscarded = true;
      run.abort.abort();
      this.#running.delete(chat);
    }
  }

  /** Cancels and discards all running replies, because all chats are deleted. */
  abandonAll() {
    [...this.#running.keys()].forEach((chat) => this.abandon(chat));
  }

  async #truncate(index) {
    this.abandon(this.chat.id);
    this.messages.length = index;
    this.view.truncate(index);
    await this.#keep(() => this.store.truncate(this.chat.id, index));
  }

  #reply(ready) {
    const message = { chat: this.chat.id, index: this.messages.length, role: "assistant", text: "", model: this.access.model?.id };
    const history = this.#history(this.messages);
    const run = this.#begin(message);
    this.messages.push(message);
    this.view.add(message);
    return this.#stream(run, history, ready);
  }

  #begin(message) {
    const run = { chat: this.chat, message, abort: new AbortController(), reply: new Reply(message), saved: performance.now(), isDiscarded: false };
    this.#running.set(run.chat.id, run);
    return run;
  }

  async #stream(run, history, ready = null) {
    const { api, model } = this.access;
    const body = this.#request(model, history);
    const { message } = run;
    this.view.changed();
    await ready;
    try {
      for await (const batch of api.reply(body, run.abort.signal)) {
        batch.forEach((item) => run.reply.add(item));
        this.#show(run);
        this.#saveSometimes(run);
      }
    } catch (error) {
      if (error.name === "AbortError") {
        message.stopped = true;
      } else {
        run.reply.fail(this.#isClosing ? { code: "interrupted", message: "" } : error);
      }
    }
    await this.#end(run);
  }

  async #end(run) {
    run.reply.end();
    if (this.#running.get(run.chat.id) === run) {
      this.#running.delete(run.chat.id);
    }
    if (run.isDiscarded) {
      return;
    }
    run.chat.updated = Date.now();
    const isSaved = this.#keep(() => Promise.all([this.store.saveMessages([run.message]), this.store.saveChat(run.chat)]));
    this.view.ended(run.message, this.chat?.id === run.chat.id);
    await isSaved;
    this.view.changed();
  }

  // The store can fail at any time, for example at the browser's quota. The chat then continues without it.
  async #keep(write) {
    try {
      await write();
    } catch {
      this.view.notSaved();
    }
  }

  #show(run) {
    if (this.chat?.id === run.chat.id && !run.isDiscarded) {
      this.view.update(run.message);
    }
  }

  // If the page closes without notice, the store has the text so far, marked as interrupted.
  #saveSometimes(run) {
    if (performance.now() - run.saved > saveInterval) {
      this.#save(run);
    }
  }

  #save(run) {
    if (!run.isDiscarded) {
      run.saved = performance.now();
      this.#keep(() => this.store.saveMessages([{ ...run.message, fault: { code: "interrupted", message: "" } }]));
    }
  }

  #request(model, messages) {
    const { system, temperature, top_p, max_tokens } = this.chat.sampling;
    return {
      ...(model && { model: model.id }),
      messages: system ? [{ role: "system", content: system }, ...messages] : messages,
      stream: true,
      stream_options: { include_usage: true },
      show_errors: false,
      ...(["think", "reasoning"].includes(model?.reasoning) && { reasoning_output: "reasoning_content" }),
      ...(temperature !== undefined && { temperature }),
      ...(top_p !== undefined && { top_p }),
      ...(max_tokens !== undefined && { max_tokens }),
    };
  }

  // Reasoning and empty replies are not sent back to the model.
  #history(messages) {
    return messages.filter((message) => message.role === "user" || message.text !== "").map((message) => ({ role: message.role, content: contentOf(message) }));
  }
}

function contentOf(message) {
  return message.images ? [{ type: "text", text: message.text }, ...message.images.map((url) => ({ type: "image_url", image_url: { url } }))] : message.text;
}
