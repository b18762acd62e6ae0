// Asks with the core of CopilotKit, which its components for React, Vue and Angular share, and opens the thread again. The tool runs in the
// page. Prints what both pages have as one JSON object. Arguments: base address without a path, key, model, question
import { CopilotKitCore } from "@copilotkit/core";
import { HttpAgent } from "ag-ui-client-0";

const [origin, apiKey, model, question] = process.argv.slice(2);
const url = `${origin}/ag-ui/${model}`;
const headers = { Authorization: `Bearer ${apiKey}` };
const errors = [];
let runs = 0;
const tool = { name: "get_time", description: "The user's local time", handler: async () => `noon ${++runs}` };

class Agent extends HttpAgent {
  connect(input) {
    return new HttpAgent({ url: `${this.url}/connect`, headers: this.headers }).run(input);
  }
}

function open() {
  const agent = new Agent({ url, headers, threadId: "copilotkit", agentId: "default" });
  const core = new CopilotKitCore({ agents__unsafe_dev_only: { default: agent }, tools: [tool] });
  core.subscribe({ onError: ({ error }) => void errors.push(error.message) });
  return { agent, core };
}

console.warn = () => {}; // A tool without parameters.
const page = open();
page.agent.addMessage({ id: "u1", role: "user", content: question });
await page.core.runAgent({ agent: page.agent });
const reloaded = open();
await reloaded.core.connectAgent({ agent: reloaded.agent });
console.log(JSON.stringify({ messages: page.agent.messages, reloaded: reloaded.agent.messages, runs, errors }));
process.exit(0); // Some clients keep sockets or timers.
