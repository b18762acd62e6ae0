// Changes of the stored chats. Another tab may have changed or deleted a chat since it was read. So each change is one transaction, which
// compares the ids of the messages.
import { newId } from "./dom.js";

/** Changes values of a chat that is still stored. */
export function setChat(store, id, values) {
  return store.change(id, Infinity, (chat) => chat && { chat: { ...chat, ...values } });
}

/** Saves a reply, unless it was replaced or deleted. */
export function saveReply(store, message, values) {
  return store.change(message.chat, message.index, (chat, [stored]) =>
    chat && stored?.id === message.id && { chat: { ...chat, ...values }, records: [message] });
}

/**
 * Replaces the messages of a chat from an index on, if the stored ones from `first` on have these ids. A chat without any is new. `hidden`
 * is null or the version that they were, and `shown` the id of the new one. The store has more of a reply that another tab receives.
 */
export function replace(store, { chat, first, ids, index, messages, hidden, shown, isElsewhere }) {
  const latest = (found, message) => (isElsewhere(message) ? { ...found[message.index - first], ...versionOf(message) } : message);
  return store.change(chat.id, first, (stored = ids.length === 0 && chat, found) =>
    stored && found.length === ids.length && found.every(({ id }, i) => id === ids[i]) && {
      chat: { ...stored, updated: chat.updated, isRunning: false },
      from: index,
      shown,
      records: [...messages, ...(hidden ? [{ ...hidden, messages: hidden.messages.map((message) => latest(found, message)) }] : [])],
    });
}

/** The content of a message without its times, which differ between tabs that follow the same reply. */
export function contentOf({ id, role, text, thinking, tools, fault, stopped, finish, stored, version, versions } = {}) {
  return JSON.stringify([id, role, text, thinking, tools, fault, stopped, finish, stored?.id, version, versions]);
}

/** Writes to a store, which can fail at any time, for example at the browser's quota. The chats then continue without it. */
export class Writer {
  hasFailed = false; // What the store has is then not compared with what is shown.
  changes = 0; // What was read from the store before a change is older than what is shown.
  #added = new Set(); // The records of running writes that hide none.

  constructor(store, failed) {
    Object.assign(this, { store, failed });
  }

  /** Resolves to false if another tab has changed what the action expects. `added` is null or `{ records, chat }`, see `close`. */
  async write(action, added = null) {
    this.#added.add(added);
    try {
      return (await action(this.store)) || this.hasFailed;
    } catch {
      this.hasFailed = true;
      this.changes++;
      this.failed();
      return true;
    } finally {
      this.#added.delete(added);
    }
  }

  /** Saves records and those of running writes. If the page closes for good, changes that still read would not end in time. */
  close(records, isLast) {
    isLast && this.store.abort();
    for (const added of [...this.#added, { records }]) {
      added && this.write((store) => store.saveMessages(added.records, added.chat));
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
