// Stores chats in IndexedDB: one record per chat and one per message, so that a streaming reply is saved without the other messages.
// A version that is not shown is one record among the messages. Its index is an id: in keys, strings follow all numbers, and arrays follow
// all strings.
import { newId } from "./dom.js";

const name = "lambdachat";

/** Opens the database. Resolves to null if the browser does not provide one. */
export async function openStore() {
  try {
    return new Store(await open());
  } catch {
    return null;
  }
}

async function open() {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("chats", { keyPath: "id" });
    request.result.createObjectStore("messages", { keyPath: ["chat", "index"] });
  };
  return finished(request);
}

class Store {
  #database;

  constructor(database) {
    this.#use(database);
  }

  // The browser can close it at any time, for example when it clears the page's data.
  #use(database) {
    this.#database = database;
    database.onclose = () => this.#reopen();
  }

  // While the browser still closes it, it cannot be opened.
  #reopen() {
    open().then(
      (database) => this.#use(database),
      () => setTimeout(() => this.#reopen(), 1000),
    );
  }

  /** All chats, newest first. */
  async chats() {
    const chats = await finished(this.#on("chats", "readonly").getAll());
    return chats.sort((a, b) => b.updated - a.updated);
  }

  saveChat(chat) {
    return this.#write("chats", (store) => store.put(chat));
  }

  messages(chat) {
    return finished(this.#on("messages", "readonly").getAll(rangeOf(chat)));
  }

  /** The versions of a chat that are not shown: `{ chat, index, messages }`, with an id as the index. */
  versions(chat) {
    return finished(this.#on("messages", "readonly").getAll(IDBKeyRange.bound([chat, ""], [chat, []], false, true)));
  }

  saveMessages(messages) {
    return this.#write("messages", (store) => messages.forEach((message) => store.put(message)));
  }

  /** Replaces the messages of a chat from an index on. `hidden` is null or the version that they were, and `shown` its replacement's id. */
  replace(chat, index, messages, hidden, shown) {
    return this.#write("messages", (store) => {
      store.delete(rangeOf(chat, index));
      store.delete([chat, shown]);
      [...messages, ...(hidden ? [hidden] : [])].forEach((record) => store.put(record));
    });
  }

  async deleteChat(chat) {
    await this.#write("chats", (store) => store.delete(chat));
    await this.#write("messages", (store) => store.delete(IDBKeyRange.bound([chat], [chat, []])));
  }

  async clear() {
    await this.#write("chats", (store) => store.clear());
    await this.#write("messages", (store) => store.clear());
  }

  /** All messages and versions of a chat. */
  records(chat) {
    return finished(this.#on("messages", "readonly").getAll(IDBKeyRange.bound([chat], [chat, []])));
  }

  #write(name, change) {
    const store = this.#on(name, "readwrite");
    change(store);
    store.transaction.commit(); // Commits at once, because the page may be closing.
    return ended(store.transaction);
  }

  #on(store, mode) {
    return this.#database.transaction(store, mode).objectStore(store);
  }
}

/** Keeps chats in memory until the page is closed. */
export class MemoryStore {
  #chats = new Map();
  #records = new Map(); // For each chat, a map from the index to the message or version.

  chats() {
    return [...this.#chats.values()].sort((a, b) => b.updated - a.updated);
  }

  saveChat(chat) {
    this.#chats.set(chat.id, chat);
  }

  messages(chat) {
    return this.records(chat)
      .filter(({ index }) => typeof index === "number")
      .sort((a, b) => a.index - b.index);
  }

  versions(chat) {
    return this.records(chat).filter(({ index }) => typeof index === "string");
  }

  saveMessages(messages) {
    for (const message of messages) {
      this.#records.set(message.chat, (this.#records.get(message.chat) ?? new Map()).set(message.index, message));
    }
  }

  replace(chat, index, messages, hidden, shown) {
    [...this.messages(chat).slice(index), { index: shown }].forEach((message) => this.#records.get(chat)?.delete(message.index));
    this.saveMessages([...messages, ...(hidden ? [hidden] : [])]);
  }

  deleteChat(chat) {
    this.#chats.delete(chat);
    this.#records.delete(chat);
  }

  clear() {
    this.#chats.clear();
    this.#records.clear();
  }

  records(chat) {
    return [...(this.#records.get(chat)?.values() ?? [])];
  }
}

/** The chats that contain a text: a map from their ids to the first message's text that contains it. Ends early when it `isLate`. */
export async function search(store, text, isLate) {
  const wanted = text.toLowerCase();
  const found = new Map();
  for (const { id } of await store.chats()) {
    const hit = (await store.records(id)).flatMap(textsOf).find((other) => other.toLowerCase().includes(wanted));
    if (hit !== undefined) {
      found.set(id, hit);
    }
    if (isLate()) {
      break;
    }
  }
  return found;
}

/** Writes to a store, which can fail at any time, for example at the browser's quota. The chats then continue without it. */
export class Writer {
  hasFailed = false; // What the store has is then not compared with what is shown.
  changes = 0; // What was read from the store before a change is older than what is shown.

  /** @param failed Called at each failure. */
  constructor(store, failed) {
    Object.assign(this, { store, failed });
  }

  async write(action) {
    try {
      await action(this.store);
    } catch {
      this.hasFailed = true;
      this.changes++;
      this.failed();
    }
  }
}

/**
 * Takes the messages from an index on out of a chat. Returns them as `hidden`, the record of a version, and as `version` the fields of the
 * message that replaces the first of them: each version has an id and the ids of all versions. A reply without content leaves no version.
 */
export function hideFrom(messages, index) {
  const taken = messages.splice(index);
  const [first] = taken;
  const { versions = [], version = newId() } = first;
  if (taken.length === 1 && isWithoutContent(first)) {
    return { hidden: null, version: first.versions && { versions, version } };
  }
  const next = newId();
  Object.assign(first, { version, versions: versions.length > 0 ? versions : [version] });
  return { hidden: { chat: first.chat, index: version, messages: taken }, version: { versions: [...first.versions, next], version: next } };
}

function textsOf({ text, messages }) {
  return messages ? messages.map((message) => message.text) : [text];
}

function isWithoutContent({ role, text, thinking, tools }) {
  return role === "assistant" && text === "" && !thinking && !tools;
}

function rangeOf(chat, index = 0) {
  return IDBKeyRange.bound([chat, index], [chat, Infinity]);
}

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted")); // Also without an error event, for example at the quota.
  });
}
