// Stores chats in IndexedDB: one record per chat and one per message, so that a streaming reply is saved without the other messages.

const name = "lambdachat";

/** Opens the database. Resolves to null if the browser does not provide one. */
export async function openStore() {
  try {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("chats", { keyPath: "id" });
      request.result.createObjectStore("messages", { keyPath: ["chat", "index"] });
    };
    return new Store(await finished(request));
  } catch {
    return null;
  }
}

class Store {
  #database;

  constructor(database) {
    this.#database = database;
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

  saveMessages(messages) {
    return this.#write("messages", (store) => messages.forEach((message) => store.put(message)));
  }

  /** Deletes the messages of a chat from an index on. */
  truncate(chat, index) {
    return this.#write("messages", (store) => store.delete(rangeOf(chat, index)));
  }

  async deleteChat(chat) {
    await this.#write("chats", (store) => store.delete(chat));
    await this.truncate(chat, 0);
  }

  async clear() {
    await this.#write("chats", (store) => store.clear());
    await this.#write("messages", (store) => store.clear());
  }

  /** The ids of the chats that contain a text. */
  search(text) {
    const wanted = text.toLowerCase();
    const found = new Set();
    const request = this.#on("messages", "readonly").openCursor();
    return new Promise((resolve, reject) => {
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null) {
          resolve(found);
          return;
        }
        if (cursor.value.text.toLowerCase().includes(wanted)) {
          found.add(cursor.value.chat);
          cursor.continue([cursor.value.chat, Infinity]); // Skips the other messages of this chat.
        } else {
          cursor.continue();
        }
      };
    });
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
  #messages = new Map();

  chats() {
    return [...this.#chats.values()].sort((a, b) => b.updated - a.updated);
  }

  saveChat(chat) {
    this.#chats.set(chat.id, chat);
  }

  messages(chat) {
    return this.#messages.get(chat) ?? [];
  }

  saveMessages(messages) {
    for (const message of messages) {
      this.#messages.set(message.chat, [...this.messages(message.chat).filter((other) => other.index !== message.index), message].sort((a, b) => a.index - b.index));
    }
  }

  truncate(chat, index) {
    this.#messages.set(chat, this.messages(chat).filter((message) => message.index < index));
  }

  deleteChat(chat) {
    this.#chats.delete(chat);
    this.#messages.delete(chat);
  }

  clear() {
    this.#chats.clear();
    this.#messages.clear();
  }

  search(text) {
    return new Set([...this.#messages].filter(([, messages]) => messages.some((message) => message.text.toLowerCase().includes(text.toLowerCase()))).map(([chat]) => chat));
  }
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
