// Tells all tabs which replies run, by locks, which end with their tab. Browsers have locks only for HTTPS and for this device.

const nameOf = ({ chat, index }) => `lambdachat ${chat} ${index}`;

/** Marks the reply of a message as running until `ended` resolves. */
export function hold(message, ended) {
  navigator.locks?.request(nameOf(message), { mode: "shared" }, () => ended);
}

/** Whether a tab has the running reply of a message. */
export async function isHeld(message) {
  const { held, pending } = (await navigator.locks?.query()) ?? { held: [], pending: [] };
  return [...held, ...pending].some(({ name, mode }) => name === nameOf(message) && mode === "shared");
}

/** Resolves when no tab has the running reply of a message. */
export async function untilFree(message) {
  await navigator.locks?.request(nameOf(message), () => {});
}
