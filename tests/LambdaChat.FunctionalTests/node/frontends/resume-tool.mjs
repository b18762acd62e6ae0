// Runs a tool, reloads the page with its result, and prints how often the tool ran as one JSON object. The page does not send the result.
// Arguments: base address without a path, key, model, client
import { modules } from "./clients/ai-sdk.mjs";

const [origin, apiKey, model, client] = process.argv.slice(2);
const [{ DefaultChatTransport }, { Chat }] = await Promise.all(modules[client].map((name) => import(name)));
const connection = { api: `${origin}/api/chat`, headers: { Authorization: `Bearer ${apiKey}` }, body: { model } };
const errors = [];
const id = `tool-${client}`;

function open(messages, done) {
  const prepareReconnectToStreamRequest = ({ api, id }) => ({ api: `${api}/${id}/stream?tool_call_id=${encodeURIComponent(done)}` });
  const transport = new DefaultChatTransport({ ...connection, prepareReconnectToStreamRequest });
  const results = [];
  const onToolCall = ({ toolCall: { toolName: tool, toolCallId } }) =>
    void results.push(chat.addToolOutput({ tool, toolCallId, output: "r" }));
  const chat = new Chat({ id, messages, transport, onToolCall, onError: ({ message }) => errors.push(message) });
  return { chat, results };
}

const lastTool = ({ messages }) => messages.at(-1).parts.findLast(({ state }) => state?.startsWith("output"));
const first = open([], "");
await first.chat.sendMessage({ text: JSON.stringify({ stand_in: { tools: [{ name: "f", arguments: "{}" }] } }) });
await Promise.all(first.results);
const saved = JSON.stringify(first.chat.messages);

const reloaded = open(JSON.parse(saved), lastTool(first.chat).toolCallId);
await reloaded.chat.resumeStream();
const other = open(JSON.parse(saved), "");
await other.chat.resumeStream();
console.log(
  JSON.stringify({
    state: lastTool(reloaded.chat)?.state,
    first: first.results.length,
    reloaded: reloaded.results.length,
    withoutTheCall: other.results.length,
    errors,
  }),
);
process.exit(0); // Some clients keep sockets or timers.
