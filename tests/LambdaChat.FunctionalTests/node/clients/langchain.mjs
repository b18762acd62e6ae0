// LangChain's client for OpenAI.
import { ChatOpenAI } from "@langchain/openai";
import { addText, fetchWith, messages, usageOf } from "../cases.mjs";

export function connect({ baseURL, apiKey }) {
  return async ({ model, body, isStreamed }, result) => {
    const chat = new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL, fetch: fetchWith(body) } });
    if (isStreamed) {
      await readStream(await chat.stream(messages), result);
    } else {
      const message = await chat.invoke(messages);
      readText(message, result);
      readRest(message, result);
    }
  };
}

async function readStream(chunks, result) {
  let message;
  try {
    for await (const chunk of chunks) {
      readText(chunk, result);
      message = message?.concat(chunk) ?? chunk;
    }
  } finally {
    if (message) {
      readRest(message, result);
    }
  }
}

function readText(message, result) {
  addText(result, message.text);
  result.reasoning += message.additional_kwargs.reasoning_content ?? "";
}

function readRest(message, result) {
  const { tool_calls = [], tool_call_chunks = [], invalid_tool_calls = [], usage_metadata, response_metadata } = message;
  result.toolCalls = [
    ...tool_calls.map(({ id, name, args }) => ({
      id,
      name,
      arguments: tool_call_chunks.find((chunk) => chunk.id === id)?.args ?? JSON.stringify(args),
    })),
    ...invalid_tool_calls.map(({ id, name, args }) => ({ id, name, arguments: args })),
  ];
  result.usage = usageOf(usage_metadata?.input_tokens, usage_metadata?.output_tokens);
  result.finish = response_metadata.finish_reason ?? null;
  result.model = response_metadata.model_name ?? null;
}
