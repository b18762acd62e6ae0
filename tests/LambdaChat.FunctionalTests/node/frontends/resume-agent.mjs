// Reloads a page in the middle of a run and after it, with the HttpAgent of @ag-ui/client, and prints what the page shows as one JSON
// object. Arguments: base address without a path, key, model, client
import { modules } from "./clients/ag-ui.mjs";

const [origin, apiKey, model, client] = process.argv.slice(2);
const { HttpAgent } = await import(modules[client]);
const headers = { Authorization: `Bearer ${apiKey}` };

function open(threadId, initialMessages = []) {
  const agent = new HttpAgent({ url: `${origin}/ag-ui/${model}`, headers, threadId, initialMessages });
  agent.connect = (input) => new HttpAgent({ url: `${agent.url}/connect`, headers }).run(input);
  return agent;
}

async function connect(...page) {
  const agent = open(...page);
  await agent.connectAgent();
  return agent;
}

const show = (messages) => messages.filter(({ role }) => role !== "user").map(({ role, content }) => `${role}: ${content}`).join(", ");
const idsOf = (messages) => messages.map(({ id }) => id).join();

const thread = `thread-${client}`;
const first = open(thread);
const content = [Array.from({ length: 30 }, (_, i) => ` t${i}`).join("")];
first.addMessage({ id: "u1", role: "user", content: JSON.stringify({ stand_in: { reasoning: ["hm"], content, pace_ms: 20 } }) });
const before = structuredClone(first.messages);
// The page is closed at the second word. The promise of a run that ends at the same time stays open.
const part = await new Promise((resolve) => {
  const leave = ({ textMessageBuffer, messages }) => {
    if (textMessageBuffer) {
      resolve(structuredClone(messages));
      first.abortRun();
    }
  };
  first.runAgent({}, { onTextMessageContentEvent: leave }).catch(() => {});
});

const live = await connect(thread);
const agents = [live, await connect(thread, before), await connect(thread, part), await connect(thread, live.messages)];
const unknown = await connect("another-thread");

console.log(JSON.stringify({
  pages: agents.map(({ messages }) => show(messages)),
  isPart: / t0$/.test(show(part)),
  hasSameIds: agents.every(({ messages }) => idsOf(messages) === idsOf(part)),
  others: unknown.messages.length,
}));
process.exit(0); // Some clients keep sockets or timers.
