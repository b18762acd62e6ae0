
const maxTools = 64;

/**
 * Writes the items of `Api.reply` into a message: `{ text, thinking, thinkingMs, tools, stats, finish, fault }`. Times are in milliseconds.
 */
export class Reply {
  #now;
  #start;
  #first = null;
  #thinkingStart = null;
  #chunks = 0;
  #usage = null;

  constructor(message, now = () => performance.now()) {
    this.message = message;
    this.isWaking = false;
    this.isLost = false;
    this.requestId = null;
    this.#now = now;
    this.#start = now();
    if (message.thinking && message.thinkingMs === undefined) {
      this.#thinkingStart = this.#start; // The page was opened again during the thinking.
    }
  }

  get hasBegun() {
    return this.#first !== null;
  }

  get elapsed() {
    return this.#now() - this.#start;
  }

  get isThinking() {
    return this.#thinkingStart !== null && this.message.thinkingMs === undefined;
  }

  add(item) {
    this.isLost = item.isLost === true;
    if (item.requestId) {
      this.requestId = item.requestId;
    } else if (item.isHeartbeat) {
      this.isWaking = !this.hasBegun;
    } else if (item.error) {
      this.fail(item.error);
    } else if (item.chunk) {
      this.#addChunk(item.chunk);
    }
  }

  /** Records an error. Only the first one is kept. */
  fail(error) {
    if (error.code === "reply_cancelled") {
      this.message.stopped = true; // Another tab stopped the reply.
      return;
    }
    this.message.fault ??= {
      code: error.code ?? "error",
      message: error.message,
      status: error.status ?? null,
      retryAfter: error.retryAfter ?? null,
      requestId: error.requestId ?? this.requestId,
    };
  }

  /** Computes the statistics at the end of the stream. */
  end() {
    this.#endThinking();
    this.message.tools &&= Array.from(this.message.tools, (tool) => tool ?? { name: "", arguments: "" });
    if (this.#first === null) {
      return;
    }
    const end = this.#now();
    this.message.stats = {
      firstMs: Math.round(this.#first - this.#start),
      streamMs: Math.round(end - this.#first),
      tokens: this.#usage?.completion_tokens ?? this.#chunks,
      isCounted: this.#usage?.completion_tokens !== undefined,
      prompt: this.#usage?.prompt_tokens ?? null,
    };
  }

  #addChunk(chunk) {
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    const thought = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? "";
    const text = choice?.delta?.content ?? "";
    this.#addTools(choice?.delta?.tool_calls ?? []);
    if (thought !== "" || text !== "") {
      this.#first ??= this.#now();
      this.isWaking = false;
      this.#chunks++;
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

  #addTools(calls) {
    for (const call of calls) {
      this.#first ??= this.#now();
      this.message.tools ??= [];
      const index = Number.isInteger(call.index) && call.index >= 0 && call.index < maxTools ? call.index : 0;
      const tool = (this.message.tools[index] ??= { name: "", arguments: "" });
      tool.name ||= String(call.function?.name ?? "");
      tool.arguments += String(call.function?.arguments ?? "");
    }
  }

  #endThinking() {
    if (this.isThinking) {
      this.message.thinkingMs = Math.round(this.#now() - this.#thinkingStart);
    }
  }
}

/** The body of a chat request. Its undefined members are not sent. */
export function toRequest(model, messages, { system, temperature, top_p, max_tokens } = {}) {
  return {
    model: model?.id,
    messages: system ? [{ role: "system", content: system }, ...messages] : messages,
    stream: true,
    stream_options: { include_usage: true },
    show_errors: false,
    store: model?.isStored || undefined,
    ...(["think", "reasoning"].includes(model?.reasoning) && { reasoning_output: "reasoning_content" }),
    temperature,
    top_p,
    max_tokens,
  };
}

/** The messages of a chat for the model. Reasoning, empty replies, and images that it does not accept are not sent to it. */
export function historyOf(messages, model) {
  return messages
    .filter((message) => message.role === "user" || message.text !== "")
    .map((message) => ({ role: message.role, content: contentOf(message, model?.takesImages) }));
}

function contentOf({ text, images = [], files = [] }, takesImages) {
  const whole = [...files.map(quoted), ...(takesImages ? [] : images.map(() => "[image]")), text].filter(Boolean).join("\n\n");
  return takesImages && images.length > 0
    ? [{ type: "text", text: whole }, ...images.map((url) => ({ type: "image_url", image_url: { url } }))]
    : whole;
}

function quoted({ name, text }) {
  return `<file name="${name.replace(/["<>\s]+/g, " ")}">\n${text}\n</file>`;
}
