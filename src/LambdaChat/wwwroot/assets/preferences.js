// Preferences in localStorage, if the browser allows it. Keys are stored per API address, so that a link cannot send a key to another
// address.

/** The API address of the page itself. It is used unless the user has confirmed another one. */
export const home = new URL("./", document.baseURI).href;

// Functions, because the browser can refuse the access itself.
const kept = () => localStorage;
export const visit = () => sessionStorage;

export class Preferences {
  #visitKeys = read("keys", visit) ?? {}; // Keys of this visit, by API address. They survive a reload of the tab.

  get theme() {
    return read("theme") ?? "auto";
  }

  set theme(value) {
    write("theme", value);
  }

  /** Whether the chat list is hidden on a desktop. */
  get isFolded() {
    return read("folded") ?? false;
  }

  set isFolded(value) {
    write("folded", value || undefined);
  }

  /** The chosen language, or undefined for the browser's. */
  get language() {
    return read("language");
  }

  set language(value) {
    write("language", value);
  }

  get model() {
    return read("model");
  }

  set model(value) {
    write("model", value);
  }

  /** System prompt and sampling settings of all chats that have none of their own. */
  get sampling() {
    return read("sampling") ?? {};
  }

  set sampling(value) {
    write("sampling", value);
  }

  /** The API address, with a trailing slash. */
  get api() {
    return read("api") ?? home;
  }

  set api(value) {
    write("api", value === home ? undefined : value);
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

/** Normalizes an API address. Returns null if it is invalid or would send the key unencrypted. */
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

export function write(name, value, storage = kept) {
  try {
    if (value === undefined) {
      storage().removeItem(`lambdachat.${name}`);
    } else {
      storage().setItem(`lambdachat.${name}`, JSON.stringify(value));
    }
  } catch {
    // The browser blocks storage; the preference lasts for this visit only.
  }
}
