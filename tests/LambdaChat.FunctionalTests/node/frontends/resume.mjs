// Reloads a page in the middle of a reply and after it, with the Chat of @ai-sdk/react, and prints what the page shows as one JSON object.
// Arguments: base address without a path, key, model, client
import { modules } from "./clients/ai-sdk.mjs";

const [origin, apiKey, model, client] = process.argv.slice(2);
const [{ DefaultChatTransport }, { Chat }] = await Promise.all(modules[client].map((name) => import(name)));
const transport = new DefaultChatTransport({ api: `${origin}/api/chat`, headers: { Authorization: `Bearer ${apiKey}` }, body: { model } });
const errors = [];
const open = (page) => new Chat({ transport, onError: ({ message }) => errors.push(message), ...page });
const textOf = ({ messages }) =>
  messages
    .at(-1)
    .parts.filter(({ type }) => type === "text")
    .map(({ text }) => text)
    .join("");

const first = open({ id: `chat-${client}` });
first["~registerMessagesCallback"](() => {
  if (first.messages.at(-1).role === "assistant" && textOf(first)) {
    first.stop(); // The page is closed.
  }
});
await first.sendMessage({ text: JSON.stringify({ stand_in: { tokens: 30, pace_ms: 20 } }) });

const reloaded = open({ id: first.id, messages: first.messages.slice(0, 1) });
await reloaded.resumeStream();
const live = textOf(reloaded);
await reloaded.resumeStream(); // Another reload, after the end.
const unknown = open({ id: "another-chat", messages: [] });
await unknown.resumeStream();

let runs = 0; // Of the tool, which the page has already run.
const history = () => [
  { id: "u1", role: "user", parts: [{ type: "text", text: JSON.stringify({ stand_in: { tokens: 3 } }) }] },
  {
    id: "a1",
    role: "assistant",
    parts: [{ type: "step-start" }, { type: "tool-f", toolCallId: "c", state: "output-available", input: {}, output: "r" }],
  },
];
const pages = [];
for (const ask of ["sendMessage", "resumeStream"]) {
  const page = open({ id: `round-${client}`, messages: history(), onToolCall: () => void runs++ });
  await page[ask]();
  pages.push(
    page.messages.map(
      ({ id, parts }) => `${id}: ${parts.map(({ type, state, text }) => [type, state, text].filter(Boolean).join(" ")).join(", ")}`,
    ),
  );
}
console.log(
  JSON.stringify({
    rounds: pages,
    runs,
    live,
    replayed: textOf(reloaded),
    roles: reloaded.messages.map(({ role }) => role),
    hasSameId: first.messages[1].id === reloaded.messages[1].id,
    isPart: textOf(first).length < live.length,
    others: unknown.messages.length,
    errors,
  }),
);
process.exit(0); // Some clients keep sockets or timers.
