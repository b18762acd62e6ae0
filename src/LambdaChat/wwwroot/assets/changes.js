// Changes of the stored chats. Another tab may have changed or deleted a chat since it was read. So each change is one transaction, which
// compares the ids of the messages.
import { newId } from "./dom.js";
import { read, write } from "./preferences.js";

const closing = "closing";

/** Changes values of a chat that is still stored. */
export function setChat(store, id, values) {
  return store.change(id, Infinity, (chat) => chat && { chat: { ...chat, ...values } });
}

// Saves a reply, unless it was replaced or deleted. `reply` is the id of a stored reply that the record had. If another tab has ended it
// without a fault, the record stays, unless it has less text.
function saveReply(store, { message, values, reply }, isOlder = () => true) {
  return store.change(message.chat, message.index, (chat, [stored]) => {
    const isEnded = reply && stored && !stored.fault && stored.stored?.id !== reply && stored.text.length >= message.text.length;
    return chat && stored?.id === message.id && isOlder(stored)
      && (isEnded ? { chat } : { chat: { ...chat, ...values }, records: [message] });
  });
}

/**
 * Replaces the messages of a chat from an index on, if the stored ones from `first` on have these ids. A chat without any is new. `hidden`
 * is null or the version that they were, and `shown` the id of the new one. The store has more of the replies that other tabs receive,
 * which are those of `elsewhere`.
 */
function replace(store, { chat, first, ids, index, messages, hidden, shown, elsewhere }) {
  const latest = (found, message) =>
    elsewhere.includes(message.id) ? { ...found[message.index - first], ...versionOf(message) } : message;
  return store.change(chat.id, first, (stored = ids.length === 0 && chat, found) =>
    stored && found.length === ids.length && found.every(({ id }, i) => id === ids[i]) && {
      chat: { ...stored, updated: chat.updated, isRunning: false },
      from: index,
      shown,
      records: [...messages, ...(hidden ? [{ ...hidden, messages: hidden.messages.map((message) => latest(found, message)) }] : [])],
    });
}

async function apply(store, change, isOlder) {
  return change.message ? saveReply(store, change, isOlder) : replace(store, change);
}

/** The content of a message without its times, which differ between tabs that follow the same reply. */
export function contentOf({ id, role, text, thinking, tools, fault, stopped, finish, stored, version, versions } = {}) {
  return JSON.stringify([id, role, text, thinking, tools, fault, stopped, finish, stored?.id, version, versions]);
}

/** Writes to a store, which can fail at any time, for example at the browser's quota. The chat then continues in memory. */
export class Writer {
  hasFailed = false; // Also to read it. What the store has is then not compared with what is shown.
  changes = 0; // What was read from the store before a change is older than what is shown.
  #running = new Set(); // The writes that have not ended.

  constructor(store, failed) {
    Object.assign(this, { store, failed });
  }

  /** Writes the change of `replace`, or a reply: `{ message, values, reply }`. Resolves to false if another tab has changed the chat. */
  async write(change) {
    this.#running.add(change);
    try {
      return (await apply(this.store, change)) || this.hasFailed;
    } catch {
      this.failed();
      return (await this.#keep(change)) || this.hasFailed;
    } finally {
      this.#running.delete(change);
    }
  }

  /** What `read` reads when nothing is changed meanwhile. */
  async settled(read) {
    for (;;) {
      const { changes } = this;
      const result = await read();
      if (changes === this.changes) {
        return result;
      }
    }
  }

  async #keep(change) {
    this.changes++;
    try {
      const memory = await this.store.keep(change.message?.chat ?? change.chat.id);
      this.changes++;
      return apply(memory, change);
    } catch {
      this.hasFailed = true;
      this.changes++;
    }
  }

  /** Keeps the running writes and these replies for `recover`. In the store, they may not end before the page is closed. */
  close(replies) {
    write(closing, [...(read(closing) ?? []), ...this.#running, ...replies]);
  }
}

/** Writes what closed pages have kept. The store may have it already, or more of it. */
export async function recover(store) {
  const kept = read(closing) ?? [];
  write(closing);
  await Promise.allSettled(kept.map((change) => apply(store, change, ({ text, fault, stored }) =>
    (stored || fault?.code === "interrupted") && text.length <= change.message.text.length)));
}

/**
 * Takes the messages from an index on out of a chat. Returns them as `hidden`, the record of a version, and as `version` the fields of the
 * message that replaces the first of them: each version has an id and the ids of all versions. A reply without content leaves no version.
 */
export function hideFrom(messages, index) {
  const taken = messages.splice(index);
  const [first] = taken;
  if (!first) {
    return { hidden: null };
  }
  const { versions = [], version = newId() } = first;
  if (taken.length === 1 && isWithoutContent(first)) {
    return { hidden: null, version: first.versions && { versions, version } };
  }
  const next = newId();
  Object.assign(first, { version, versions: versions.length > 0 ? versions : [version] });
  return { hidden: { chat: first.chat, index: version, messages: taken }, version: { versions: [...first.versions, next], version: next } };
}

function versionOf({ version, versions }) {
  return versions && { version, versions };
}

function isWithoutContent({ role, text, thinking, tools }) {
  return role === "assistant" && text === "" && !thinking && !tools;
}
