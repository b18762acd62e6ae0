// Preferences in localStorage. Keys are stored per API address, so that a link cannot send a key to another address.

/** The API address of the page itself. It is used unless the user has confirmed another one. */
export const home = new URL("./", document.baseURI).href;

// Functions, because the browser can refuse the access itself.
const kept = () => localStorage;
export const visit = () => sessionStorage;

const unstored = new Map(); // The preferences that the browser refuses to store. They last until the tab is closed.

export class Preferences {
  #visitKeys = read("keys", visit) ?? {}; // Keys of this visit, by API address. They survive a reload of the tab.

  get theme() {
    return get("theme") ?? "auto";
  }

  set theme(value) {
    set("theme", value);
  }

  /** Whether the chat list is hidden on a desktop. */
  get isFolded() {
    return get("folded") ?? false;
  }

  set isFolded(value) {
    set("folded", value || undefined);
  }

  /** The chosen language, or undefined for the browser's. */
  get language() {
    return get("language");
  }

  set language(value) {
    set("language", value);
  }

  get model() {
    return get("model");
  }

  set model(value) {
    set("model", value);
  }

  /** System prompt and sampling settings of all chats that have none of their own. */
  get sampling() {
    return get("sampling") ?? {};
  }

  set sampling(value) {
    set("sampling", value);
  }

  /** The API address, with a trailing slash. */
  get api() {
    return get("api") ?? home;
  }

  set api(value) {
    set("api", value === home ? undefined : value);
  }

  /** Whether the browser has stored all of them. */
  get areStored() {
    return unstored.size === 0;
  }

  keyFor(api) {
    return this.#visitKeys[api] ?? read("keys")?.[api] ?? null;
  }

  isKept(api) {
    return Boolean(read("keys")?.[api]);
  }

  /** Uses a key for an API, and stores it if `isKept` is true. */
  useKey(api, key, isKept) {
    this.#visitKeys[api] = key;
    write("keys", this.#visitKeys, visit);
    const { [api]: _, ...others } = read("keys") ?? {};
    write("keys", isKept ? { ...others, [api]: key } : others);
  }

  /** Uses the key of a link, for this visit and for the page's own API only. */
  useLinkedKey(key) {
    this.#visitKeys[home] = key;
    write("keys", this.#visitKeys, visit);
  }

  forgetKey(api) {
    this.useKey(api, null, false);
    delete this.#visitKeys[api];
    write("keys", this.#visitKeys, visit);
  }
}

/** Normalizes an API address: null if it is invalid or would send the key unencrypted. */
export function toApi(text) {
  try {
    const url = new URL(text, home);
    const isSafe = url.protocol === "https:" || url.origin === location.origin || ["127.0.0.1", "localhost"].includes(url.hostname);
    const path = url.pathname.replace(/\/(v1\/?)?$/, "/");
    return isSafe && ["https:", "http:"].includes(url.protocol) ? `${url.origin}${path}` : null;
  } catch {
    return null;
  }
}

export function read(name, storage = kept) {
  try {
    return JSON.parse(storage().getItem(`lambdachat.${name}`)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether the browser has stored the value. */
export function write(name, value, storage = kept) {
  try {
    if (value === undefined) {
      storage().removeItem(`lambdachat.${name}`);
    } else {
      storage().setItem(`lambdachat.${name}`, JSON.stringify(value));
    }
    return true;
  } catch {
    return false;
  }
}

/** Asks the browser once not to remove the stored chats when it needs space. Some browsers ask the user. */
export function keepChats() {
  if (!get("asked")) {
    set("asked", true);
    navigator.storage?.persist().catch(() => {});
  }
}

function get(name) {
  return unstored.get(name) ?? read(name);
}

function set(name, value) {
  write(name, value) ? unstored.delete(name) : unstored.set(name, value);
}
