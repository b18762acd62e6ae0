// The Chat of @ai-sdk/react, which useChat wraps, with the default transport of ai 5, 6 and 7. It runs the tools and sends their results.
import { addTurn, callOf, fail, functions } from "../../apis/cases.mjs";

export const modules = {
  "use-chat-5": ["ai-5", "ai-react-5"],
  "use-chat-6": ["ai-6", "ai-react-6"],
  "use-chat-7": ["ai", "@ai-sdk/react"],
};

export async function connect({ origin, apiKey, client }) {
  const [sdk, react] = await Promise.all(modules[client].map((name) => import(name)));
  return async (item, result) => {
    const transport = createTransport(sdk, { origin, apiKey, item, result });
    const chat = createChat(sdk, react, { transport, item, result });
    for (const text of [item.question, ...(item.next ? [item.next] : [])]) {
      const files = item.image ? [{ type: "file", mediaType: "image/png", filename: "dot.png", url: item.image }] : undefined;
      await chat.sendMessage({ text, files });
    }
    await chat.resumeStream(); // 204: there is nothing to resume.
    show(chat, item, result);
    if (item.name === "text") {
      await compareWithReader(sdk, transport, chat, result);
    }
  };
}

// Reads the stream as a page without a Chat does.
async function compareWithReader({ readUIMessageStream }, transport, chat, result) {
  const stream = await transport.sendMessages({ trigger: "submit-message", chatId: "reader", messages: chat.messages.slice(0, 1) });
  let last;
  for await (const message of readUIMessageStream({ stream })) {
    last = message;
  }
  if (JSON.stringify(last.parts) !== JSON.stringify(chat.messages[1].parts)) {
    fail(result, new Error(`readUIMessageStream shows ${JSON.stringify(last)}.`));
  }
}

function createTransport({ DefaultChatTransport }, { origin, apiKey, item, result }) {
  return new DefaultChatTransport({
    api: `${origin}/api/chat`,
    headers: { Authorization: `Bearer ${apiKey}` },
    body: { model: item.model, ...(item.tools ? { tools: Object.fromEntries(item.tools.map((name) => [name, functions[name]])) } : {}) },
    fetch: async (...request) => {
      const response = await fetch(...request);
      if (!response.ok) {
        result.status = response.status; // Versions 5 and 6 do not show it.
      }
      return response;
    },
  });
}

function createChat({ lastAssistantMessageIsCompleteWithToolCalls }, { Chat }, { transport, item, result }) {
  const chat = new Chat({
    transport,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
    onToolCall({ toolCall: { toolName: tool, toolCallId } }) {
      chat.addToolResult({ tool, toolCallId, output: functions[tool].result });
    },
    onError: (error) => fail(result, error),
  });
  if (item.isCancelled) {
    chat["~registerMessagesCallback"](() => {
      if (textOf(chat) && !result.wasCancelled) {
        result.wasCancelled = true;
        chat.stop();
      }
    });
  }
  return chat;
}

function show(chat, item, result) {
  result.text = textOf(chat);
  if (result.wasCancelled && chat.status === "ready") {
    fail(result, new Error("stopped"));
  }
  const roles = chat.messages.map(({ role }) => role).join();
  const expected = item.next ? "user,assistant,user,assistant" : "user,assistant";
  if (!result.error && roles !== expected) {
    fail(result, new Error(`The messages are ${roles}.`)); // A copy of the assistant message after a tool round, for example.
  }
  for (const { parts, metadata } of chat.messages.filter(({ role }) => role === "assistant")) {
    for (const step of stepsOf(parts)) {
      addStep(result, step, metadata);
    }
  }
}

function addStep(result, parts, metadata) {
  const join = (type) => parts.filter((part) => part.type === type).map(({ text }) => text).join("");
  const calls = parts.filter(({ type }) => type.startsWith("tool-"));
  addTurn(result, {
    text: join("text"),
    reasoning: join("reasoning"),
    calls: calls.map(({ type, toolCallId, input }) => callOf(toolCallId, type.slice("tool-".length), input)),
    usage: metadata?.usage ? { input: metadata.usage.inputTokens, output: metadata.usage.outputTokens } : null,
  });
}

function stepsOf(parts) {
  const steps = [];
  for (const part of parts) {
    if (part.type === "step-start") {
      steps.push([]);
    } else {
      steps.at(-1).push(part);
    }
  }
  return steps;
}

function textOf({ messages }) {
  return messages
    .filter(({ role }) => role === "assistant")
    .flatMap(({ parts }) => parts.filter(({ type }) => type === "text").map(({ text }) => text))
    .join("");
}
