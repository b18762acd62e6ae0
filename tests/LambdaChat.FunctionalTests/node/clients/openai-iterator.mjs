// OpenAI's own client, chunk by chunk.
import OpenAI from "openai";
import { fetchWith, messages, usageOf } from "../cases.mjs";

export function connect({ baseURL, apiKey }) {
  return async ({ model, body, isStreamed }, result) => {
    const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, fetch: fetchWith(body) });
    const request = { model, messages };
    if (isStreamed) {
      await readStream(client, request, result);
    } else {
      readCompletion(await client.chat.completions.create(request), result);
    }
  };
}

/** A whole completion, also as `.stream()` builds one. */
export function readCompletion(completion, result) {
  readHead(completion, result);
  for (const { message, finish_reason } of completion.choices) {
    result.text += message.content ?? "";
    result.reasoning += message.reasoning_content ?? "";
    result.toolCalls.push(
      ...(message.tool_calls ?? []).map(({ id, function: call }) => ({ id, name: call.name, arguments: call.arguments })),
    );
    result.finish ??= finish_reason;
  }
}

async function readStream(client, request, result) {
  const choices = [];
  try {
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } })) {
      readHead(chunk, result);
      for (const choice of chunk.choices) {
        choices[choice.index] ??= { text: "", reasoning: "", toolCalls: [] };
        readDelta(choice.delta, choices[choice.index]);
        result.finish = choice.finish_reason ?? result.finish;
      }
    }
  } finally {
    for (const { text, reasoning, toolCalls } of choices.filter(Boolean)) {
      result.text += text;
      result.reasoning += reasoning;
      result.toolCalls.push(...toolCalls.filter(Boolean));
    }
  }
}

function readHead({ model, object, usage }, result) {
  result.model = model;
  result.object = object;
  result.usage = usageOf(usage?.prompt_tokens, usage?.completion_tokens) ?? result.usage;
}

function readDelta(delta, choice) {
  choice.text += delta.content ?? "";
  choice.reasoning += delta.reasoning_content ?? "";
  for (const { index, id, function: call } of delta.tool_calls ?? []) {
    const known = (choice.toolCalls[index] ??= { id, name: call.name, arguments: "" });
    known.arguments += call.arguments ?? "";
  }
}
