// The HttpAgent of @ag-ui/client. The page runs the tools after the run and starts another run with their results.
import { addTurn, callOf, fail, functions } from "../../apis/cases.mjs";

export const modules = { "ag-ui-42": "ag-ui-client-42", "ag-ui-0": "ag-ui-client-0", "ag-ui-1": "@ag-ui/client" };

export async function connect({ origin, apiKey, client }) {
  const { HttpAgent } = await import(modules[client]);
  let count = 0;
  return async (item, result) => {
    const agent = new HttpAgent({ url: `${origin}/ag-ui`, headers: { Authorization: `Bearer ${apiKey}` } });
    const tools = (item.tools ?? []).map((name) => ({ name, ...functions[name] })).map(({ result, ...tool }) => tool);
    for (const text of [item.question, ...(item.next ? [item.next] : [])]) {
      agent.addMessage({ id: `user-${++count}`, role: "user", content: contentOf(text, item.image, client) });
      for (let calls = [null]; calls.length > 0;) {
        const before = agent.messages.length;
        const usage = await run(agent, { tools, forwardedProps: { model: item.model } }, item, result);
        if (result.error) {
          return;
        }
        calls = addReply(result, agent.messages.slice(before), usage);
        for (const { id, name } of calls) {
          agent.addMessage({ id: `tool-${++count}`, role: "tool", toolCallId: id, content: functions[name].result });
        }
      }
    }
  };
}

async function run(agent, input, item, result) {
  let usage = null;
  const subscriber = {
    onTextMessageContentEvent: ({ event }) => {
      item.onText(event.delta);
      if (result.wasCancelled) {
        agent.abortRun();
      }
    },
    onRunErrorEvent: ({ event }) => fail(result, new Error(event.message)),
    onRunFinishedEvent: ({ event }) => void (usage = event.usage?.[0] ?? null),
  };
  try {
    await agent.runAgent(input, subscriber);
  } catch (error) {
    fail(result, error);
  }
  if (result.wasCancelled) {
    fail(result, new Error("stopped"));
  }
  return usage;
}

function addReply(result, messages, usage) {
  const textOf = (role) =>
    messages
      .filter((message) => message.role === role)
      .map(({ content }) => content ?? "")
      .join("");
  const calls = messages
    .flatMap(({ toolCalls }) => toolCalls ?? [])
    .map(({ id, function: { name, arguments: input } }) => callOf(id, name, input));
  addTurn(result, {
    text: textOf("assistant"),
    reasoning: textOf("reasoning"),
    calls,
    usage: usage ? { input: usage.inputTokens, output: usage.outputTokens } : null,
  });
  return calls;
}

function contentOf(text, image, client) {
  if (!image) {
    return text;
  }
  const value = image.split(",")[1];
  const part =
    client !== "ag-ui-1"
      ? { type: "binary", mimeType: "image/png", data: value }
      : { type: "image", source: { type: "data", value, mimeType: "image/png" } };
  return [{ type: "text", text }, part];
}
