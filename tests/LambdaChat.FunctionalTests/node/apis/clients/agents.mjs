// OpenAI's Agents SDK with its model for the Responses API. It runs the tools and sends their results itself.
import { Agent, OpenAIResponsesModel, run, setTracingDisabled, tool } from "@openai/agents";
import OpenAI from "openai";
import { addTurn, callOf, functions } from "../cases.mjs";

setTracingDisabled(true); // Traces would go to OpenAI.

export function connect({ origin, apiKey }) {
  const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
  return async (item, result) => {
    const agent = createAgent(openai, item);
    let input = [{ role: "user", content: contentOf(item) }];
    for (const question of [null, ...(item.next ? [item.next] : [])]) {
      if (question) {
        input = [...input, { role: "user", content: question }];
      }
      const reply = await ask(agent, input, item);
      reply.rawResponses.forEach((response) => addTurn(result, readTurn(response)));
      input = reply.history;
    }
  };
}

async function ask(agent, input, { isStreamed, signal, onText }) {
  if (!isStreamed) {
    const reply = await run(agent, input, { signal });
    onText(typeof reply.finalOutput === "string" ? reply.finalOutput : JSON.stringify(reply.finalOutput));
    return reply;
  }
  const reply = await run(agent, input, { stream: true, signal });
  for await (const event of reply) {
    if (event.type === "raw_model_stream_event" && event.data.type === "output_text_delta") {
      onText(event.data.delta);
    }
  }
  await reply.completed;
  // A run that was cancelled ends like a whole one.
  signal.throwIfAborted();
  return reply;
}

function createAgent(openai, { model, tools = [], schema }) {
  return new Agent({
    name: "Test",
    model: new OpenAIResponsesModel(openai, model),
    modelSettings: { store: false, providerData: { include: ["reasoning.encrypted_content"] } },
    tools: tools.map((name) => toolOf(name, functions[name])),
    ...(schema ? { outputType: { type: "json_schema", name: "place", strict: true, schema } } : {}),
  });
}

function toolOf(name, { description, parameters, result }) {
  return tool({ name, description, parameters, strict: true, execute: async () => result });
}

function readTurn({ output, usage }) {
  const texts = (type) => output.filter((item) => item.type === type).flatMap(({ content }) => content.map(({ text }) => text)).join("");
  return {
    text: texts("message"),
    reasoning: texts("reasoning"),
    calls: output.filter(({ type }) => type === "function_call").map((call) => callOf(call.callId, call.name, call.arguments)),
    usage: { input: usage.inputTokens, output: usage.outputTokens },
  };
}

function contentOf({ question, image }) {
  return image ? [{ type: "input_text", text: question }, { type: "input_image", image }] : question;
}
