// The function's API: the models, and a reply as it streams.
import { EventReader } from "./sse.js";

const slice = 2; // Milliseconds of reading in a frame. The rest of it is for drawing what came.
const piece = 16 * 1024; // Bytes read before the clock is looked at.

/** A failure with a code that faults.js has words for. Status and request id are null where there was no answer. */
export class ApiError extends Error {
  constructor(code, message, { status = null, retryAfter = null, requestId = null } = {}) {
    super(message);
    Object.assign(this, { code, status, retryAfter, requestId });
  }
}

export class Api {
  /** @param base The folder that `v1/` is in. @param key null where none is needed. */
  constructor(base, key) {
    this.base = base;
    this.key = key;
  }

  /** The models that can chat: `{ id, takesImages, reasoning }`. */
  async models() {
    const response = await this.#fetch("v1/models", {});
    const { data } = await response.json();
    return data
      .filter((model) => model.root === undefined) // Aliases name the model that they stand for.
      .filter((model) => model.tasks === undefined || model.tasks.includes("chat"))
      .map((model) => ({ id: model.id, takesImages: model.input?.includes("image") === true, reasoning: model.reasoning ?? null }));
  }

  /**
   * Streams a reply in batches: `{ requestId }` first, then `{ beat }`, `{ chunk }` and `{ error }` as they arrive. Ends
   * with `[DONE]`; throws where the stream ends without it.
   */
  async *reply(body, signal) {
    const response = await this.#fetch("v1/chat/completions", { method: "POST", body: JSON.stringify(body), signal });
    const requestId = response.headers.get("x-request-id");
    yield [{ requestId }];
    const reader = response.body.getReader();
    const events = new EventReader();
    let lastPause = performance.now();
    try {
      for (;;) {
        const { value, done } = await read(reader, requestId);
        if (done) {
          throw new ApiError("connection_lost", "The connection ended before the reply did.", { requestId });
        }
        for (let start = 0; start < value.length; start += piece) {
          const batch = events.push(value.subarray(start, start + piece)).map(toItem);
          const isDone = batch.some((item) => item.isDone);
          yield batch.filter((item) => !item.isDone);
          if (isDone) {
            return;
          }
          if (performance.now() - lastPause > slice) {
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
    const headers = { ...(this.key && { authorization: `Bearer ${this.key}` }), ...(options.body && { "content-type": "application/json" }) };
    let response;
    try {
      response = await fetch(new URL(path, this.base), { ...options, headers, credentials: "omit", redirect: "error" });
    } catch (error) {
      if (error.name === "AbortError") {
        throw error;
      }
      throw new ApiError("unreachable", error.message);
    }
    if (!response.ok) {
      throw await toError(response);
    }
    return response;
  }
}

async function read(reader, requestId) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new ApiError("connection_lost", error.message, { requestId });
  }
}

function toItem(event) {
  if (event.comment !== undefined) {
    return { beat: true };
  }
  if (event.data === "[DONE]") {
    return { isDone: true };
  }
  const chunk = JSON.parse(event.data);
  return chunk.error ? { error: new ApiError(String(chunk.error.code ?? chunk.error.type ?? "error"), String(chunk.error.message)) } : { chunk };
}

// Data that is there already comes without a task in between, and nothing is painted meanwhile. A page that nobody sees has no frames.
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
    return new ApiError("error", text.slice(0, 300), details); // Not of the function: Lambda's own answers, or a proxy's.
  }
}
