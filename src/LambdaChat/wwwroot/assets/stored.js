// Reads a stored reply to its end, also over lost connections and from another tab.

const patience = 10 * 60_000; // Milliseconds without a new chunk.
const longestPause = 15_000; // Milliseconds between two attempts.
const passing = new Set([408, 429, 502, 503, 504]);

/**
 * Streams a reply in batches like `Api.reply`. After a lost connection, a stored reply continues with the chunk after the last one, which
 * `run.stored` (`{ id, number }`) names. `{ isLost }` says that the connection is being restored.
 * @param run `{ stored, abort }`. @param body The request; null for a reply that has begun already.
 */
export async function* follow(access, run, body) {
  const { signal } = run.abort;
  let items = body && access.api.reply(body, signal);
  let lost = null; // When the connection was lost.
  for (let attempts = 0; ; attempts++) {
    try {
      items ??= access.api.resume(run.stored, signal);
      for await (const batch of items) {
        const id = batch.find((item) => item.replyId)?.replyId;
        const number = batch.findLast((item) => item.number)?.number;
        if (id && run.stored === null) {
          run.stored = { id };
        }
        if (number) {
          run.stored.number = number;
          lost = null;
          attempts = 0;
        }
        yield batch;
      }
      return;
    } catch (error) {
      lost ??= Date.now();
      if (!run.stored || !isPassing(error) || Date.now() - lost > patience) {
        throw error;
      }
    }
    yield [{ isLost: true }];
    await pause(Math.min(longestPause, 500 * 2 ** attempts), signal);
    items = null;
  }
}

function isPassing(error) {
  return ["connection_lost", "unreachable"].includes(error.code) || passing.has(error.status);
}

// Ends early when the device is connected again, or the page is shown again.
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const end = () => {
      clearTimeout(timer);
      done.abort();
      signal.aborted ? reject(signal.reason) : resolve();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end, { signal: done.signal });
    document.addEventListener("visibilitychange", end, { signal: done.signal });
    signal.addEventListener("abort", end, { signal: done.signal });
  });
}
