// Tells all tabs which chats have a running reply, by locks, which end with their tab. Browsers have locks only for HTTPS and for this device.

const nameOf = (chat) => `lambdachat ${chat}`;

/** Marks a reply of a chat as running until `ended` resolves. */
export function hold(chat, ended) {
  navigator.locks?.request(nameOf(chat), { mode: "shared" }, () => ended);
}

/** Whether a tab has a running reply of a chat. */
export async function isHeld(chat) {
  const { held, pending } = (await navigator.locks?.query()) ?? { held: [], pending: [] };
  return [...held, ...pending].some(({ name, mode }) => name === nameOf(chat) && mode === "shared");
}

/** Resolves when no tab has a running reply of a chat. */
export async function untilFree(chat) {
  await navigator.locks?.request(nameOf(chat), () => {});
}
