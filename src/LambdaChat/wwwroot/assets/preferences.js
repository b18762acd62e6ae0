// What the page remembers beside chats: in localStorage where the browser allows it. Keys are kept by the API that they were entered for, so that no
// link can send one anywhere else.

/** Where the API is: beside the page, unless the user has confirmed another address. */
export const home = new URL("./", document.baseURI).href;

export class Preferences {
  #visit = {}; // The key of this visit, by API.

  get theme() {
    return read("theme") ?? "auto";
  }

  set theme(value) {
    write("theme", value);
  }

  get model() {
    return read("model");
  }

  set model(value) {
    write("model", value);
  }

  /** System prompt and sampling of the last chat, for the next one. */
  get sampling() {
    return read("sampling") ?? {};
  }

  set sampling(value) {
    write("sampling", value);
  }

  /** The API's address, with a slash at its end. */
  get api() {
    return read("api") ?? home;
  }

  set api(value) {
    write("api", value === home ? undefined : value);
  }

  keyFor(api) {
    return this.#visit[api] ?? read("keys")?.[api] ?? null;
  }

  /** Uses a key for an API: for this visit, or for later ones too. */
  useKey(api, key, isKept) {
    this.#visit[api] = key;
    const { [api]: _, ...others } = read("keys") ?? {};
    write("keys", isKept ? { ...others, [api]: key } : others);
  }

  /** A key that came by the link: for this visit only, and only for the page's own API. */
  useLinkedKey(key) {
    this.#visit[home] = key;
  }

  forgetKey(api) {
    this.useKey(api, null, false);
    delete this.#visit[api];
  }
}

/** An address as it is kept; null where it is none, or one that sends a key in the clear. */
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

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(`lambdachat.${name}`)) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name, value) {
  try {
    if (value === undefined) {
      localStorage.removeItem(`lambdachat.${name}`);
    } else {
      localStorage.setItem(`lambdachat.${name}`, JSON.stringify(value));
    }
  } catch {
    // Not remembered, then.
  }
}
