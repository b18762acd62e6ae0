// Tells all tabs which replies run. A tab holds a lock for each of its replies until the tab ends. Browsers have locks only for HTTPS and
// for this device.

const nameOf = ({ chat, index }) => `lambdachat ${chat} ${index}`;

/** Marks the reply of a message as running until `ended` resolves. */
export function hold(message, ended) {
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
