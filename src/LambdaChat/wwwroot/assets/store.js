// Stores chats in IndexedDB: one record per chat and one per message.
// A version that is not shown is one record among the messages. Its index is an id: in keys, strings follow all numbers, and arrays follow
// all strings.
import { lowered } from "./characters.js";

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
  #memory = new MemoryStore();
  #kept = new Map(); // The chats in memory: a map from their ids to `keep`.

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
    const chats = await finished(this.#on("chats").getAll());
    return newestFirst(new Map([...chats, ...this.#memory.chats()].map((chat) => [chat.id, chat])));
  }

  messages(chat) {
    return this.#read("messages", chat, rangeOf(chat));
  }

  /** The versions of a chat that are not shown: `{ chat, index, messages }`, with an id as the index. */
  versions(chat) {
    return this.#read("versions", chat, IDBKeyRange.bound([chat, ""], [chat, []], false, true));
  }

  /**
   * Changes a chat in one transaction. `edit` gets its record, or undefined, and its messages from an index on. It returns what to store,
   * `{ chat, records, from, shown }`, after the messages from an index on and the shown version are removed, or nothing.
   */
  async change(id, index, edit) {
    const memory = await this.#kept.get(id);
    return memory ? memory.change(id, index, edit) : this.#write(async (chats, messages) => {
      const found = await Promise.all([finished(chats.get(id)), finished(messages.getAll(rangeOf(id, index)))]);
      const edited = edit(...found);
      if (edited) {
        const { chat, records = [], from = Infinity, shown = "" } = edited;
        chats.put(chat);
        messages.delete(rangeOf(id, from));
        messages.delete([id, shown]);
        records.forEach((record) => messages.put(record));
      }
      return Boolean(edited);
    });
  }

  /** Copies a chat to memory, because the browser cannot store its changes. Resolves to the store that has it until the page is closed. */
  keep(id) {
    if (!this.#kept.has(id)) {
      const reads = [finished(this.#on("chats").getAll(id)), finished(this.#on("messages").getAll(recordsOf(id)))];
      const copy = Promise.all(reads).then(([chats, records]) => {
        chats.forEach((chat) => this.#memory.saveChat(chat));
        this.#memory.saveMessages(records);
        return this.#memory;
      });
      this.#kept.set(id, copy);
      copy.catch(() => this.#kept.delete(id));
    }
    return this.#kept.get(id);
  }

  deleteChat(chat) {
    this.#kept.delete(chat);
    this.#memory.deleteChat(chat);
    return this.#write((chats, messages) => {
      chats.delete(chat);
      messages.delete(recordsOf(chat));
    });
  }

  clear() {
    this.#kept.clear();
    this.#memory.clear();
    return this.#write((...stores) => stores.forEach((store) => store.clear()));
  }

  /** All messages and versions of a chat. */
  records(chat) {
    return this.#read("records", chat, recordsOf(chat));
  }

  async #read(kind, chat, range) {
    const memory = await this.#kept.get(chat);
    return memory ? memory[kind](chat) : finished(this.#on("messages").getAll(range));
  }

  async #write(change) {
    const transaction = this.#database.transaction(["chats", "messages"], "readwrite");
    const work = async () => {
      try {
        const result = await change(transaction.objectStore("chats"), transaction.objectStore("messages"));
        transaction.commit();
        return result;
      } catch (error) {
        transaction.abort();
        throw error;
      }
    };
    return (await Promise.all([work(), ended(transaction)]))[0];
  }

  #on(store) {
    return this.#database.transaction(store).objectStore(store);
  }
}

/** Keeps chats in memory until the page is closed. */
export class MemoryStore {
  #chats = new Map();
  #records = new Map(); // The messages and versions.

  chats() {
    return newestFirst(this.#chats);
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
    messages.forEach((message) => this.#records.set(keyOf(message), message));
  }

  change(id, index, edit) {
    const edited = edit(this.#chats.get(id), this.messages(id).slice(index));
    if (edited) {
      const { chat, records = [], from = Infinity, shown } = edited;
      this.saveChat(chat);
      this.#remove([...this.messages(id).slice(from), { chat: id, index: shown }]);
      this.saveMessages(records);
    }
    return Boolean(edited);
  }

  deleteChat(chat) {
    this.#chats.delete(chat);
    this.#remove(this.records(chat));
  }

  clear() {
    this.#chats.clear();
    this.#records.clear();
  }

  records(chat) {
    return [...this.#records.values()].filter((record) => record.chat === chat);
  }

  #remove(records) {
    records.forEach((record) => this.#records.delete(keyOf(record)));
  }
}

/** The chats that contain a text: a map from their ids to the first message's text that contains it. Ends early when it `isLate`. */
export async function search(store, text, isLate) {
  const wanted = lowered(text);
  const found = new Map();
  for (const { id } of await store.chats()) {
    const hit = (await store.records(id)).flatMap(textsOf).find((other) => lowered(other).includes(wanted));
    if (hit !== undefined) {
      found.set(id, hit);
    }
    if (isLate()) {
      break;
    }
  }
  return found;
}

function textsOf({ text, messages }) {
  return messages ? messages.map((message) => message.text) : [text];
}

function keyOf({ chat, index }) {
  return JSON.stringify([chat, index]);
}

function newestFirst(chats) {
  return [...chats.values()].sort((a, b) => b.updated - a.updated);
}

function recordsOf(chat) {
  return IDBKeyRange.bound([chat], [chat, []]);
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
