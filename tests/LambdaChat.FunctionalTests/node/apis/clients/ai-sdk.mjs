// The AI SDK with its providers for the two APIs. It runs the tools and sends their results itself.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenResponses } from "@ai-sdk/open-responses";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, isStepCount, jsonSchema, Output, streamText, tool } from "ai";
import { addTurn, callOf, fail, functions } from "../cases.mjs";

// It would print them among the results.
globalThis.AI_SDK_LOG_WARNINGS = false;

const stateless = { openai: { store: false, include: ["reasoning.encrypted_content"] } };
const providers = {
  "ai-openai-default": { create: ({ origin, apiKey }) => createOpenAI({ baseURL: `${origin}/v1`, apiKey }) },
  "ai-openai": { create: ({ origin, apiKey }) => createOpenAI({ baseURL: `${origin}/v1`, apiKey }), options: stateless },
  "ai-open-responses": {
    create: ({ origin, apiKey }) => createOpenResponses({ url: `${origin}/v1/responses`, name: "lambdachat", apiKey }),
  },
  "ai-anthropic": {
    create: ({ origin, apiKey }) => createAnthropic({ baseURL: `${origin}/v1`, apiKey }),
    options: { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } },
  },
};

export function connect({ origin, apiKey, client }) {
  const { create, options } = providers[client];
  const provider = create({ origin, apiKey });
  return async (item, result) => {
    const messages = [{ role: "user", content: contentOf(item) }];
    const settings = { model: provider(item.model), maxRetries: 0, abortSignal: item.signal, stopWhen: isStepCount(4), ...toolsOf(item) };
    for (const question of [null, ...(item.next ? [item.next] : [])]) {
      if (question) {
        messages.push({ role: "user", content: question });
      }
      const request = { ...settings, messages, ...(options ? { providerOptions: options } : {}) };
      messages.push(...(item.isStreamed ? await readStream(request, item, result) : await readWhole(request, item, result)));
    }
  };
}

async function readWhole(request, { onText }, result) {
  const reply = await generateText(request);
  onText(reply.text);
  reply.steps.forEach((step) => addStep(result, step));
  return reply.response.messages;
}

async function readStream(request, { onText }, result) {
  const reply = streamText({ ...request, onError: () => {} });
  let isWhole = true;
  for await (const part of reply.stream) {
    if (part.type === "text-delta") {
      onText(part.text);
    } else if (part.type === "error") {
      fail(result, part.error);
      isWhole = false;
    } else if (part.type === "abort") {
      fail(result, new Error("aborted"));
      isWhole = false;
    }
  }
  if (!isWhole) {
    return [];
  }
  (await reply.steps).forEach((step) => addStep(result, step));
  return (await reply.response).messages;
}

function addStep(result, { text, reasoningText, toolCalls, usage, finishReason }) {
  addTurn(result, {
    text,
    reasoning: reasoningText ?? "",
    calls: toolCalls.map(({ toolCallId, toolName, input }) => callOf(toolCallId, toolName, input)),
    usage: { input: usage.inputTokens ?? null, output: usage.outputTokens ?? null },
    finish: finishReason,
  });
}

function toolsOf({ tools, schema }) {
  return {
    ...(tools ? { tools: Object.fromEntries(tools.map((name) => [name, toolOf(functions[name])])) } : {}),
    ...(schema ? { output: Output.object({ schema: jsonSchema(schema) }) } : {}),
  };
}

function toolOf({ description, parameters, result }) {
  return tool({ description, inputSchema: jsonSchema(parameters), execute: async () => result });
}

function contentOf({ question, image }) {
  return image
    ? [
        { type: "text", text: question },
        { type: "file", mediaType: "image/png", data: image.split(",")[1] },
      ]
    : question;
}
