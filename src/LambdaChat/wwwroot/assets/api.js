// Client of the function's API: the model list and streamed replies.
import { firstCharacters } from "./characters.js";
import { EventReader } from "./sse.js";

const path = "v1/chat/completions";
const readBudget = 0.7; // Milliseconds per frame. More makes the frames of a burst longer.
const readSize = 16 * 1024; // Bytes parsed between two checks of the clock.
const resumeTimeout = 10 * 60_000; // Milliseconds without a new chunk, after which a lost connection is an error.
const longestPause = 15_000; // Milliseconds between two attempts.
const longestAttempt = 240_000; // Milliseconds with its pause, even if nothing answers it. After more, the device has slept.
const transientStatuses = new Set([408, 429, 502, 503, 504]);

/** An error of the API or the connection. `status` and `requestId` are null if there was no response. */
class ApiError extends Error {
  constructor(code, message, { status = null, retryAfter = null, requestId = null } = {}) {
    super(message);
    Object.assign(this, { code, status, retryAfter, requestId });
  }
}

export class Api {
  /** @param base The URL of the folder that contains `v1/`. @param key Can be null. */
  constructor(base, key) {
    this.base = base;
    this.key = key;
  }

  /** The models that support chat: `{ id, takesImages, reasoning, isStored }`. */
  async models() {
    const response = await this.#fetch("v1/models", {});
    const { data, store } = await response.json();
    return data
      .filter(({ root, tasks }) => root === undefined && tasks?.includes("chat") !== false) // Aliases have a root.
      .map((model) => ({
        id: model.id,
        takesImages: model.input?.includes("image") === true,
        reasoning: model.reasoning ?? null,
        isStored: store === true,
      }));
  }

  /**
   * Streams a reply in batches: first `{ requestId, replyId }`, then `{ isHeartbeat }`, `{ chunk, number }` and `{ error }` as they arrive.
   * Only stored replies have a `replyId` and numbers. Throws an ApiError if the stream ends without `[DONE]`.
   */
  async *reply(body, signal) {
    yield* this.#stream(await this.#fetch(path, { method: "POST", body: JSON.stringify(body), signal }));
  }

  /** Streams what followed a chunk of a stored reply, like `reply`. */
  async *resume({ id, number }, signal) {
    const headers = { accept: "text/event-stream", ...(number && { "last-event-id": number }) };
    yield* this.#stream(await this.#fetch(`${path}/${encodeURIComponent(id)}`, { headers, signal }));
  }

  async cancel(id) {
    await this.#fetch(`${path}/${encodeURIComponent(id)}/cancel`, { method: "POST", keepalive: true });
  }

  async *#stream(response) {
    const requestId = response.headers.get("x-request-id");
    yield [{ requestId, replyId: response.headers.get("x-reply-id") }];
    const reader = response.body.getReader();
    const events = new EventReader();
    let lastPause = performance.now();
    try {
      for (;;) {
        const { value, done } = await reader.read().catch(failWith("connection_lost", { requestId }));
        if (done) {
          throw new ApiError("connection_lost", "The connection closed before the end of the reply.", { requestId });
        }
        for (let start = 0; start < value.length; start += readSize) {
          const batch = events.push(value.subarray(start, start + readSize)).map(toItem);
          const isDone = batch.some((item) => item.isDone);
          yield batch.filter((item) => !item.isDone);
          if (isDone) {
            return;
          }
          if (performance.now() - lastPause > readBudget) {
            await pause();
            lastPause = performance.now();
          }
        }
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  async #fetch(path, options) {
    const headers = {
      ...options.headers,
      ...(this.key && { authorization: `Bearer ${this.key}` }),
      ...(options.body && { "content-type": "application/json" }),
    };
    if (/[^ -\xff]/.test(this.key)) {
      throw new ApiError("invalid_api_key", "The key has characters that no request can carry.");
    }
    const request = { ...options, headers, credentials: "omit", redirect: "error" };
    const response = await fetch(new URL(path, this.base), request).catch(failWith("unreachable"));
    if (!response.ok) {
      throw await toError(response);
    }
    return response;
  }
}

function failWith(code, details) {
  return (error) => {
    throw error.name === "AbortError" ? error : new ApiError(code, error.message, details);
  };
}

function toItem(event) {
  if (event.comment !== undefined) {
    return { isHeartbeat: true };
  }
  if (event.data === "[DONE]") {
    return { isDone: true };
  }
  const chunk = JSON.parse(event.data);
  return chunk.error
    ? { error: new ApiError(String(chunk.error.code ?? chunk.error.type ?? "error"), String(chunk.error.message)) }
    : { chunk, number: event.id };
}

// Reads of buffered data resolve without a new task, so the browser cannot paint between them. A hidden page has no frames.
function pause() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, document.hidden ? 0 : 100);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      setTimeout(resolve);
    });
  });
}

async function toError(response) {
  const details = {
    status: response.status,
    retryAfter: Number(response.headers.get("retry-after")) || null,
    requestId: response.headers.get("x-request-id"),
  };
  const text = await response.text();
  try {
    const { error } = JSON.parse(text);
    return new ApiError(String(error.code ?? error.type), String(error.message), details);
  } catch {
    // The response is Lambda's or a proxy's.
    return new ApiError("error", firstCharacters(text, 300), details);
  }
}

/**
 * Streams a reply in batches like `Api.reply`. After a lost connection, a stored reply continues with the chunk after the last one, which
 * `run.stored` (`{ id, number }`) names. `{ isLost }` says that the connection is being restored.
 * @param run `{ stored, abort }`. @param body The request; null for a reply that has begun already.
 */
export async function* follow(access, run, body) {
  const { signal } = run.abort;
  let items = body && access.api.reply(body, signal);
  let lost = null;
  let failed = 0;
  for (let attempts = 0; ; attempts++) {
    try {
      items ??= access.api.resume(run.stored, signal);
      for await (const batch of items) {
        const id = batch.find((item) => item.replyId)?.replyId;
        const number = batch.findLast((item) => item.number)?.number;
        if (id && run.stored === null) {
          run.stored = { id };
        }
        if (number && run.stored) {
          run.stored.number = number;
          lost = null;
          attempts = 0;
        }
        yield batch;
      }
      return;
    } catch (error) {
      const now = Date.now();
      lost = now - failed > longestAttempt ? now : (lost ?? now);
      failed = now;
      if (!run.stored || !isTransient(error) || now - lost > resumeTimeout) {
        throw error;
      }
    }
    yield [{ isLost: true }];
    await wait(Math.min(longestPause, 500 * 2 ** attempts), signal);
    items = null;
  }
}

function isTransient(error) {
  return ["connection_lost", "unreachable"].includes(error.code) || transientStatuses.has(error.status);
}

// Ends early when the device is connected or the page is shown again.
function wait(milliseconds, signal) {
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
