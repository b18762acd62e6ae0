// The AI SDK with three of its providers.
import { createDeepSeek } from "@ai-sdk/deepseek";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, streamText, tool } from "ai";
import { addText, fail, fetchWith, messages, usageOf } from "../cases.mjs";

// It would print them among the results.
globalThis.AI_SDK_LOG_WARNINGS = false;

const models = {
  "ai-compatible": (settings, model) => createOpenAICompatible({ ...settings, name: "lambdachat", includeUsage: true })(model),
  "ai-deepseek": (settings, model) => createDeepSeek(settings)(model),
  "ai-openai": (settings, model) => createOpenAI(settings).chat(model),
};

// A call of a tool that is not declared here would be an invalid one. Without `execute` the first call ends the run.
const tools = { get_weather: toolTaking("city"), get_time: toolTaking("zone") };

// OpenAI's provider has no reasoning in chat completions: null there.
export function connect({ baseURL, apiKey, client }) {
  return async ({ model, body, isStreamed }, result) => {
    result.reasoning = client === "ai-openai" ? null : "";
    const settings = { baseURL, apiKey, fetch: fetchWith(body) };
    const request = { model: models[client](settings, model), messages, maxRetries: 0, ...(body?.tools ? { tools } : {}) };
    if (isStreamed) {
      await readStream(streamText({ ...request, onError: () => {} }).fullStream, result);
    } else {
      readWhole(await generateText(request), result);
    }
  };
}

async function readStream(parts, result) {
  const inputs = new Map();
  for await (const part of parts) {
    switch (part.type) {
      case "text-delta":
        addText(result, part.text);
        break;
      case "reasoning-delta":
        result.reasoning = (result.reasoning ?? "") + part.text;
        break;
      case "tool-input-delta":
        inputs.set(part.id, (inputs.get(part.id) ?? "") + part.delta);
        break;
      case "tool-call":
        addToolCall(result, part, inputs.get(part.toolCallId));
        break;
      case "error":
        fail(result, part.error);
        break;
      case "finish-step":
        readStep(part, result);
        break;
    }
  }
}

function readWhole(reply, result) {
  result.text = reply.text;
  result.reasoning = reply.reasoningText ?? result.reasoning;
  reply.toolCalls.forEach((call) => addToolCall(result, call));
  readStep(reply, result);
}

function readStep({ usage, finishReason, rawFinishReason, response }, result) {
  result.usage = usageOf(usage.inputTokens, usage.outputTokens);
  result.finish = rawFinishReason ?? finishReason;
  result.model = response.modelId;
}

// A non-streaming reply shows the arguments only as an object.
function addToolCall(result, { toolCallId, toolName, input, invalid, error }, text) {
  result.toolCalls.push({ id: toolCallId, name: toolName, arguments: text ?? JSON.stringify(input) });
  if (invalid) {
    fail(result, error);
  }
}

function toolTaking(name) {
  return tool({
    inputSchema: jsonSchema({ type: "object", properties: { [name]: { type: "string" } }, required: [name], additionalProperties: false }),
  });
}
