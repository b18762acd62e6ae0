// Anthropic's own client: `messages.create` whole and streamed, and `messages.stream()`, which builds the message from the events.
import Anthropic from "@anthropic-ai/sdk";
import { addTurn, callOf, functions } from "../cases.mjs";

export function connect({ origin, apiKey, client }) {
  const anthropic = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
  return async (item, result) => {
    const messages = [{ role: "user", content: contentOf(item) }];
    for (let questions = item.next ? [item.next] : []; ;) {
      const message = await send(anthropic, client, request(item, messages), item);
      const calls = message.content.filter(({ type }) => type === "tool_use");
      addTurn(result, readTurn(message, calls));
      messages.push({ role: "assistant", content: message.content });
      if (calls.length > 0) {
        messages.push({
          role: "user",
          content: calls.map(({ id, name }) => ({ type: "tool_result", tool_use_id: id, content: functions[name].result })),
        });
      } else if (questions.length > 0) {
        messages.push({ role: "user", content: questions.shift() });
      } else {
        return;
      }
    }
  };
}

function request({ model, tools = [], schema }, messages) {
  return {
    model,
    max_tokens: 4096,
    messages,
    thinking: { type: "enabled", budget_tokens: 1024 },
    ...(tools.length > 0
      ? { tools: tools.map((name) => ({ name, description: functions[name].description, input_schema: functions[name].parameters })) }
      : {}),
    ...(schema ? { output_config: { format: { type: "json_schema", schema } } } : {}),
  };
}

async function send(anthropic, client, body, { isStreamed, signal, onText }) {
  if (!isStreamed) {
    const message = await anthropic.messages.create(body, { signal });
    onText(textOf(message.content));
    return message;
  }
  if (client === "anthropic-stream") {
    const stream = anthropic.messages.stream(body, { signal });
    stream.on("text", onText);
    return await stream.finalMessage();
  }
  let message;
  for await (const event of await anthropic.messages.create({ ...body, stream: true }, { signal })) {
    message = add(message, event, onText);
  }
  signal.throwIfAborted(); // A cancelled stream ends like a whole one.
  return message;
}

function add(message, event, onText) {
  switch (event.type) {
    case "message_start":
      return event.message;
    case "content_block_start":
      message.content[event.index] = event.content_block;
      break;
    case "content_block_delta":
      addDelta(message.content[event.index], event.delta, onText);
      break;
    case "content_block_stop":
      if (message.content[event.index].type === "tool_use") {
        message.content[event.index].input = JSON.parse(message.content[event.index].json || "{}");
        delete message.content[event.index].json;
      }
      break;
    case "message_delta":
      Object.assign(message, event.delta, { usage: { ...message.usage, ...event.usage } });
      break;
  }
  return message;
}

function addDelta(block, delta, onText) {
  switch (delta.type) {
    case "text_delta":
      block.text += delta.text;
      onText(delta.text);
      break;
    case "thinking_delta":
      block.thinking += delta.thinking;
      break;
    case "signature_delta":
      block.signature = delta.signature;
      break;
    case "input_json_delta":
      block.json = (block.json ?? "") + delta.partial_json;
      break;
  }
}

function readTurn({ content, usage, stop_reason }, calls) {
  return {
    text: textOf(content),
    reasoning: content
      .filter(({ type }) => type === "thinking")
      .map(({ thinking }) => thinking)
      .join(""),
    calls: calls.map(({ id, name, input }) => callOf(id, name, input)),
    usage: usage && { input: usage.input_tokens, output: usage.output_tokens },
    finish: stop_reason,
  };
}

function textOf(content) {
  return content
    .filter(({ type }) => type === "text")
    .map(({ text }) => text)
    .join("");
}

function contentOf({ question, image }) {
  return image
    ? [
        { type: "text", text: question },
        { type: "image", source: { type: "base64", media_type: "image/png", data: image.split(",")[1] } },
      ]
    : question;
}
