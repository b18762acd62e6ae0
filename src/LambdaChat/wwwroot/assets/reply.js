// What has come of one reply, and when. Knows nothing of the page.

/** Puts the items of api.js into a message: `{ text, thinking, thinkingMs, stats, finish, fault }`. Times are milliseconds of `now()`. */
export class Reply {
  #now;
  #start;
  #first = null;
  #thinkingStart = null;
  #pieces = 0;
  #usage = null;

  constructor(message, now = () => performance.now()) {
    this.message = message;
    this.isWaking = false;
    this.requestId = null;
    this.#now = now;
    this.#start = now();
  }

  get hasBegun() {
    return this.#first !== null;
  }

  /** How long it has run. */
  get elapsed() {
    return this.#now() - this.#start;
  }

  get isThinking() {
    return this.#thinkingStart !== null && this.message.thinkingMs === undefined;
  }

  add(item) {
    if (item.requestId) {
      this.requestId = item.requestId;
    } else if (item.beat) {
      this.isWaking = !this.hasBegun;
    } else if (item.error) {
      this.fail(item.error);
    } else if (item.chunk) {
      this.#addChunk(item.chunk);
    }
  }

  /** The first failure counts; what came stays. */
  fail(error) {
    this.message.fault ??= {
      code: error.code ?? "error",
      message: error.message,
      status: error.status ?? null,
      retryAfter: error.retryAfter ?? null,
      requestId: error.requestId ?? this.requestId,
    };
  }

  /** Fixes the figures. Call it once, at the end. */
  end() {
    this.#endThinking();
    if (this.#first === null) {
      return;
    }
    const end = this.#now();
    this.message.stats = {
      firstMs: Math.round(this.#first - this.#start),
      streamMs: Math.round(end - this.#first),
      tokens: this.#usage?.completion_tokens ?? this.#pieces,
      isCounted: this.#usage?.completion_tokens !== undefined,
      prompt: this.#usage?.prompt_tokens ?? null,
    };
  }

  #addChunk(chunk) {
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    const thought = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? "";
    const text = choice?.delta?.content ?? "";
    if (thought !== "" || text !== "") {
      this.#first ??= this.#now();
      this.isWaking = false;
      this.#pieces++;
    }
    if (thought !== "") {
      this.#thinkingStart ??= this.#now();
      this.message.thinking = (this.message.thinking ?? "") + thought;
    }
    if (text !== "") {
      this.#endThinking();
      this.message.text += text;
    }
    this.message.finish = choice?.finish_reason ?? this.message.finish;
  }

  #endThinking() {
    if (this.isThinking) {
      this.message.thinkingMs = Math.round(this.#now() - this.#thinkingStart);
    }
  }
}
