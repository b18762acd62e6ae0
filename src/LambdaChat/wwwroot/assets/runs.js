// The replies that this tab receives, one for each chat, and those that other tabs receive. The own ones are saved while they grow, and
// continue when another chat is opened.
import { follow } from "./api.js";
import { Reply, toRequest } from "./reply.js";

const saveInterval = 2000; // Milliseconds between saves of a streaming reply.
const nameOf = ({ chat, index }) => `lambdachat ${chat} ${index}`;

export class Runs {
  #running = new Map(); // By chat id.
  #isClosing = false;

  /** @param access `{ api, model, isReady }`: the selected API and model. @param view `{ update, changed, ended, written, behind }` */
  constructor(access, preferences, writer, view) {
    Object.assign(this, { access, preferences, writer, view });
  }

  get count() {
    return this.#running.size;
  }

  /** The running reply of a chat: `{ chat, message, reply }`; null without one. */
  of(id) {
    return this.#running.get(id) ?? null;
  }

  /** Prepares the reply that a message gets. `stream` requests it. */
  begin(message, chat) {
    this.writer.changes++;
    const { stored = null } = message; // Of a reply that was running when the page was closed.
    delete message.stored;
    const run = {
      chat,
      message,
      stored,
      abort: new AbortController(),
      reply: new Reply(message),
      saved: performance.now(),
      isNamed: stored !== null, // The store has the id of the stored reply.
      isDiscarded: false,
      isCanceled: false,
      isBehind: false, // Another tab has changed the chat.
    };
    this.#running.set(chat.id, run);
    return run;
  }

  /** Prepares to continue a chat's stored reply; null without one. Without models there is no key yet, and `Session.resume` follows. */
  resume(chat, messages) {
    const unfinished = messages.find((message) => message.stored);
    return unfinished && this.access.isReady && !this.#running.has(chat.id) ? this.begin(unfinished, chat) : null;
  }

  /** Receives the reply. `history` is null for a stored reply that has begun already. The request waits for `ready`. */
  stream(run, history, ready = null) {
    const ended = this.#receive(run, history, ready);
    hold(run.message, ended);
    return ended;
  }

  /** The function does not learn that a client has left. The id of a stored reply comes with the response, so the page waits for it. */
  cancel(run) {
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

  /** Cancels and discards a chat's running reply, because it is replaced or its chat is deleted. */
  abandon(id) {
    const run = this.#running.get(id);
    if (run) {
      run.isDiscarded = true;
      this.cancel(run);
      this.#running.delete(id);
    }
  }

  /** Cancels and discards all running replies, because all chats are deleted. */
  abandonAll() {
    [...this.#running.keys()].forEach((id) => this.abandon(id));
  }

  /** Takes over what another tab has changed in the chats, which are saved later. `latest` has the stored chats by id. */
  sync(latest) {
    for (const { chat } of this.#running.values()) {
      if (latest.has(chat.id)) {
        const { title, pinned, sampling } = latest.get(chat.id);
        Object.assign(chat, { title, pinned, sampling });
      } else {
        this.abandon(chat.id);
        this.writer.write((store) => store.deleteChat(chat.id)); // A part of the reply may have been saved after the deletion.
      }
    }
  }

  async save(run) {
    if (!run.isDiscarded) {
      run.saved = performance.now();
      const state = run.stored ? { stored: run.stored } : { fault: { code: "interrupted", message: "" } };
      await this.writer.write((store) => store.saveMessages([{ ...run.message, ...state }]));
    }
  }

  /** Saves the running replies, because the page is being closed. */
  close() {
    this.#isClosing = true;
    this.#running.forEach((run) => this.save(run));
  }

  /** The page is shown again without having been closed. */
  reopen() {
    this.#isClosing = false;
  }

  async #receive(run, history, ready) {
    const { model } = this.access;
    const { message } = run;
    const body = history && toRequest(model, history, { ...this.preferences.sampling, ...run.chat.sampling });
    run.chat.isRunning = body === null || body.store === true;
    this.view.changed();
    await ready;
    if (run.chat.isRunning && body) {
      this.writer.write((store) => store.saveChat(run.chat));
    }
    try {
      for await (const batch of follow(this.access, run, body)) {
        if (run.isCanceled) {
          this.cancel(run);
        }
        batch.forEach((item) => run.reply.add(item));
        if (!run.isDiscarded) {
          this.view.update(run);
        }
        this.#saveSometimes(run);
      }
    } catch (error) {
      if (error.name === "AbortError") {
        message.stopped = true;
      } else {
        const isInterrupted = this.#isClosing || (history === null && error.status === 404);
        run.reply.fail(isInterrupted ? { code: "interrupted", message: "" } : error);
      }
    }
    if (!this.#isClosing || run.stored === null) {
      await this.#end(run);
    }
  }

  // If the page closes without notice, the store has the text so far, marked as interrupted unless the function has stored the reply.
  // Another tab can show a stored reply as soon as it knows its id.
  async #saveSometimes(run) {
    const isNamed = run.stored !== null && !run.isNamed;
    if (isNamed || performance.now() - run.saved > saveInterval) {
      run.isNamed ||= isNamed;
      await this.save(run);
    }
    if (isNamed) {
      this.view.written();
    }
  }

  async #end(run) {
    if (run.isDiscarded) {
      return;
    }
    this.writer.changes++;
    run.reply.end();
    delete run.chat.isRunning;
    if (this.#running.get(run.chat.id) === run) {
      this.#running.delete(run.chat.id);
    }
    run.chat.updated = Date.now();
    const saved = this.writer.write((store) => Promise.all([store.saveMessages([run.message]), store.saveChat(run.chat)]));
    this.view.ended(run);
    await saved;
    this.view.changed();
    this.view.written();
    if (run.isBehind) {
      await this.view.behind();
    }
  }
}

// Marks the reply of a message as running until `ended` resolves. A tab holds a lock for each of its replies until the tab ends. Browsers
// have locks only for HTTPS and for this device.
function hold(message, ended) {
  navigator.locks?.request(nameOf(message), { mode: "shared" }, () => ended);
}

/** The replies that other tabs receive. They are stored as interrupted, in case those tabs close. */
export class RemoteReplies {
  #messages = new WeakSet();
  #awaited = new Set(); // The names of their locks.
  #ended;

  /** @param ended Called when one of them has ended. */
  constructor(ended) {
    this.#ended = ended;
  }

  has(message) {
    return this.#messages.has(message);
  }

  /** Returns the messages that `read` resolves to. `isOwn` tells which reply this tab receives. */
  async find(read, isOwn) {
    const isHeld = await heldNow(); // Before the messages: a reply that ends meanwhile is read whole or awaited.
    const messages = await read();
    for (const message of messages.filter((other) => other.fault?.code === "interrupted" && !isOwn(other) && isHeld(other))) {
      this.#messages.add(message);
      this.#await(nameOf(message));
    }
    return messages;
  }

  async #await(name) {
    if (!this.#awaited.has(name)) {
      this.#awaited.add(name);
      await navigator.locks.request(name, () => {});
      this.#awaited.delete(name);
      await this.#ended();
    }
  }
}

// Returns a function that says whether a tab had the running reply of a message at the time of the call.
async function heldNow() {
  const { held, pending } = (await navigator.locks?.query()) ?? { held: [], pending: [] };
  const names = new Set([...held, ...pending].filter(({ mode }) => mode === "shared").map(({ name }) => name));
  return (message) => names.has(nameOf(message));
}
