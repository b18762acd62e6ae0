// OpenAI's own client with the Responses API: `responses.create` whole and streamed, and `responses.stream()`, whose accumulator checks the
// events.
import OpenAI from "openai";
import { addTurn, callOf, functions } from "../cases.mjs";

export function connect({ origin, apiKey, client }) {
  const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
  return async (item, result) => {
    const input = [{ role: "user", content: contentOf(item) }];
    for (let questions = item.next ? [item.next] : []; ; ) {
      const response = await send(openai, client, request(item, input), item);
      const calls = response.output.filter(({ type }) => type === "function_call");
      addTurn(result, readTurn(response, calls));
      input.push(...response.output);
      if (calls.length > 0) {
        input.push(...calls.map(({ call_id, name }) => ({ type: "function_call_output", call_id, output: functions[name].result })));
      } else if (questions.length > 0) {
        input.push({ role: "user", content: questions.shift() });
      } else {
        return;
      }
    }
  };
}

function request({ model, tools = [], schema }, input) {
  return {
    model,
    input,
    store: false,
    include: ["reasoning.encrypted_content"],
    ...(tools.length > 0
      ? { tools: tools.map((name) => ({ type: "function", name, parameters: functions[name].parameters, strict: true })) }
      : {}),
    ...(schema ? { text: { format: { type: "json_schema", name: "place", schema, strict: true } } } : {}),
  };
}

async function send(openai, client, body, { isStreamed, signal, onText }) {
  if (!isStreamed) {
    const response = await openai.responses.create(body, { signal });
    onText(response.output_text);
    return response;
  }
  if (client === "openai-stream") {
    const stream = openai.responses.stream(body, { signal });
    stream.on("response.output_text.delta", ({ delta }) => onText(delta));
    return await stream.finalResponse();
  }
  let last;
  for await (const event of await openai.responses.create({ ...body, stream: true }, { signal })) {
    if (event.type === "response.output_text.delta") {
      onText(event.delta);
    }
    last = event.response ?? last;
  }
  signal.throwIfAborted(); // A cancelled stream ends like a whole one.
  return last;
}

function readTurn({ output, usage, status }, calls) {
  const reasoning = output.filter(({ type }) => type === "reasoning").flatMap(({ summary }) => summary.map(({ text }) => text)).join("");
  const text = output
    .filter(({ type }) => type === "message")
    .flatMap(({ content }) => content.map(({ text }) => text))
    .join("");
  return {
    text,
    reasoning,
    calls: calls.map((call) => callOf(call.call_id, call.name, call.arguments)),
    usage: usage && { input: usage.input_tokens, output: usage.output_tokens },
    finish: status,
  };
}

function contentOf({ question, image }) {
  return image ? [{ type: "input_text", text: question }, { type: "input_image", image_url: image, detail: "auto" }] : question;
}
