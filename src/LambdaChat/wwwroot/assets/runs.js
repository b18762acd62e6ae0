// The replies that this tab receives, one for each chat, and those that other tabs receive.
import { follow } from "./api.js";
import { Reply, toRequest } from "./reply.js";

const saveInterval = 2000; // Milliseconds between saves of a streaming reply.
const nameOf = ({ chat, index, id }) => `lambdachat ${chat} ${index} ${id}`;

export class Runs {
  #running = new Map(); // By chat id.
  #isClosing = false;

  constructor(access, preferences, writer, view) {
    Object.assign(this, { access, preferences, writer, view });
  }

  get count() {
    return this.#running.size;
  }

  /** The running reply of a chat: `{ chat, message, reply }`, or null. */
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
      isStored: stored !== null, // Whether the function stores it.
      isNamed: stored !== null, // Whether the record has its id.
      isDiscarded: false,
      isCanceled: false,
      isBehind: false, // Another tab has changed the chat.
    };
    this.#running.set(chat.id, run);
    return run;
  }

  /** Prepares to continue a chat's stored reply. Without models there is no key yet, and `Session.resume` follows. */
  resume(chat, messages) {
    const unfinished = messages.find((message) => message.stored);
    return unfinished && this.access.isReady && !this.#running.has(chat.id) ? this.begin(unfinished, chat) : null;
  }

  /** Receives the reply. `history` is null for a stored reply that has begun already. */
  stream(run, history) {
    const ended = this.#receive(run, history);
    hold(run.message, ended);
    return ended;
  }

  /** The function does not learn that a client has left. The page waits for the id of a stored reply, which comes with the response. */
  cancel(run) {
    if (run.stored) {
      this.access.api.cancel(run.stored.id).catch(() => {}); // Without a connection, the reply ends by itself.
    }
    if (run.stored || !run.isStored) {
      run.abort.abort();
    } else if (!run.isCanceled) {
      run.isCanceled = true;
      run.message.stopped = true;
      this.#end(run);
      run.isDiscarded = true;
    }
  }

  /** Cancels and discards a reply that is replaced or whose chat is deleted. */
  abandon(run) {
    if (run && this.of(run.chat.id) === run) {
      run.isDiscarded = true;
      this.cancel(run);
      this.#running.delete(run.chat.id);
    }
  }

  abandonAll() {
    this.#running.forEach((run) => this.abandon(run));
  }

  /** Takes over what another tab has changed in the chats. `latest` has them by id. */
  sync(latest) {
    for (const run of this.#running.values()) {
      const { title, pinned, sampling } = latest.get(run.chat.id) ?? {};
      if (title) {
        Object.assign(run.chat, { title, pinned, sampling });
        this.save(run);
      } else {
        this.abandon(run);
      }
    }
  }

  save(run) {
    run.saved = performance.now();
    return this.#save(run, changeOf(run));
  }

  /** Keeps the running replies of a page that is being closed. */
  close() {
    this.#isClosing = true;
    this.writer.close([...this.#running.values()].map(changeOf));
  }

  reopen() {
    this.#isClosing = false;
  }

  async #receive(run, history) {
    const { model } = this.access;
    const body = history && toRequest(model, history, { ...this.preferences.sampling, ...run.chat.sampling });
    run.isStored = body === null || body.store === true;
    this.view.changed();
    try {
      for await (const batch of follow(this.access, run, body)) {
        if (run.isCanceled) {
          this.cancel(run);
        }
        if (!run.isDiscarded) {
          batch.forEach((item) => run.reply.add(item));
          this.view.update(run);
        }
        this.#saveSometimes(run);
      }
    } catch (error) {
      if (run.isDiscarded) {
        return; // The message may have another run.
      }
      if (error.name === "AbortError") {
        run.message.stopped = true;
      } else {
        const isGone = run.stored !== null && error.status === 404;
        run.reply.fail(this.#isClosing || isGone ? { code: isGone && history ? "reply_lost" : "interrupted", message: "" } : error);
      }
    }
    if (!this.#isClosing || run.stored === null) {
      await this.#end(run);
    }
  }

  // The page can close without notice. Another tab can show a stored reply as soon as it knows its id.
  async #saveSometimes(run) {
    const isNamed = run.stored !== null && !run.isNamed;
    if (isNamed || performance.now() - run.saved > saveInterval) {
      const saved = this.save(run);
      run.isNamed ||= isNamed;
      await saved;
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
    if (this.#running.get(run.chat.id) === run) {
      this.#running.delete(run.chat.id);
    }
    run.chat.updated = Date.now();
    const saved = this.#save(run, { message: run.message, values: { updated: run.chat.updated, isRunning: false } });
    this.view.ended(run);
    await saved;
    this.view.changed();
    this.view.written();
    if (run.isBehind) {
      await this.view.behind();
    }
  }

  // Another tab may have replaced the message, or deleted its chat.
  async #save(run, change) {
    if (!run.isDiscarded && !(await this.writer.write({ ...change, reply: run.isNamed && run.stored.id }))) {
      this.abandon(run);
      await this.view.behind();
    }
  }
}

/** A copy of a running reply as it is stored, in case the tab closes. */
export function partOf({ message, stored }) {
  return structuredClone({ ...message, ...(stored ? { stored } : { fault: { code: "interrupted", message: "" } }) });
}

function changeOf(run) {
  return { message: partOf(run), values: { isRunning: run.stored !== null } };
}

// Marks a reply as running until `ended` resolves or the tab ends. Browsers have locks only for HTTPS and for this device, and refuse them
// without site data.
function hold(message, ended) {
  navigator.locks?.request(nameOf(message), { mode: "shared" }, () => ended).catch(() => {});
}

/** The replies that other tabs receive. They are stored as interrupted, in case those tabs close. */
export class RemoteReplies {
  #messages = new WeakSet();
  #awaited = new Set(); // The names of their locks.
  #ended;

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
  const { held, pending } = (await navigator.locks?.query().catch(() => null)) ?? { held: [], pending: [] };
  const names = new Set([...held, ...pending].filter(({ mode }) => mode === "shared").map(({ name }) => name));
  return (message) => names.has(nameOf(message));
}
