// Tells all tabs which replies run, by locks, which end with their tab. Browsers have locks only for HTTPS and for this device.

const nameOf = ({ chat, index }) => `lambdachat ${chat} ${index}`;

/** Marks the reply of a message as running until `ended` resolves. */
export function hold(message, ended) {
  navigator.locks?.request(nameOf(message), { mode: "shared" }, () => ended);
}

/** Returns a function that says whether a tab had the running reply of a message at the time of the call. */
export async function heldNow() {
  const { held, pending } = (await navigator.locks?.query()) ?? { held: [], pending: [] };
  const names = new Set([...held, ...pending].filter(({ mode }) => mode === "shared").map(({ name }) => name));
  return (message) => names.has(nameOf(message));
}

/** Resolves when no tab has the running reply of a message. */
export async function untilFree(message) {
  await navigator.locks?.request(nameOf(message), () => {});
}
