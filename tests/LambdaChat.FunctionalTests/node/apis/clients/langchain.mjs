// LangChain's clients for OpenAI's Responses API and for Anthropic.
import { ChatAnthropic } from "@langchain/anthropic";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { addTurn, callOf, functions } from "../cases.mjs";

const chats = {
  "langchain-openai": ({ origin, apiKey }, model) =>
    new ChatOpenAI({
      model,
      apiKey,
      maxRetries: 0,
      useResponsesApi: true,
      zdrEnabled: true, // `store: false` with the encrypted thinking in each turn.
      configuration: { baseURL: `${origin}/v1` },
    }),
  "langchain-anthropic": ({ origin, apiKey }, model) =>
    new ChatAnthropic({
      model,
      apiKey,
      maxRetries: 0,
      maxTokens: 4096,
      anthropicApiUrl: origin,
      thinking: { type: "enabled", budget_tokens: 1024 },
    }),
};

const formats = {
  "langchain-openai": (schema) => ({ response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } }),
  "langchain-anthropic": (schema) => ({ outputConfig: { format: { type: "json_schema", schema } } }),
};

export function connect({ origin, apiKey, client }) {
  return async (item, result) => {
    const chat = prepare(chats[client]({ origin, apiKey }, item.model), client, item);
    const messages = [new HumanMessage({ content: contentOf(item) })];
    for (let questions = item.next ? [item.next] : []; ;) {
      const message = await send(chat, messages, item);
      addTurn(result, readTurn(message));
      messages.push(message);
      if (message.tool_calls.length > 0) {
        messages.push(
          ...message.tool_calls.map(({ id, name }) => new ToolMessage({ tool_call_id: id, name, content: functions[name].result })),
        );
      } else if (questions.length > 0) {
        messages.push(new HumanMessage(questions.shift()));
      } else {
        return;
      }
    }
  };
}

function prepare(chat, client, { tools, schema }) {
  if (tools) {
    return chat.bindTools(
      tools.map((name) => ({
        type: "function",
        function: { name, description: functions[name].description, parameters: functions[name].parameters },
      })),
    );
  }
  return schema ? chat.withConfig(formats[client](schema)) : chat;
}

async function send(chat, messages, { isStreamed, signal, onText }) {
  if (!isStreamed) {
    const message = await chat.invoke(messages, { signal });
    onText(message.text);
    return message;
  }
  let message;
  for await (const chunk of await chat.stream(messages, { signal })) {
    if (chunk.text) {
      onText(chunk.text);
    }
    message = message?.concat(chunk) ?? chunk;
  }
  signal.throwIfAborted();
  return message;
}

function readTurn(message) {
  return {
    text: message.text,
    reasoning: message.contentBlocks
      .filter(({ type }) => type === "reasoning")
      .map(({ reasoning }) => reasoning)
      .join(""),
    calls: message.tool_calls.map(({ id, name, args }) => callOf(id, name, args)),
    usage: message.usage_metadata ? { input: message.usage_metadata.input_tokens, output: message.usage_metadata.output_tokens } : null,
  };
}

function contentOf({ question, image }) {
  return image
    ? [
        { type: "text", text: question },
        { type: "image_url", image_url: { url: image } },
      ]
    : question;
}
