// Asks through one client for every case and prints what the client showed as one JSON array.
// Arguments: base address without a path, key, client, names of the cases, modes (["streamed", "whole"])
import { runCases } from "./cases.mjs";

const modules = {
  openai: "./clients/openai.mjs",
  "openai-stream": "./clients/openai.mjs",
  agents: "./clients/agents.mjs",
  "ai-openai-default": "./clients/ai-sdk.mjs",
  "ai-openai": "./clients/ai-sdk.mjs",
  "ai-open-responses": "./clients/ai-sdk.mjs",
  "ai-anthropic": "./clients/ai-sdk.mjs",
  "langchain-openai": "./clients/langchain.mjs",
  "langchain-anthropic": "./clients/langchain.mjs",
  anthropic: "./clients/anthropic.mjs",
  "anthropic-stream": "./clients/anthropic.mjs",
};

const [origin, apiKey, client, names, modes] = process.argv.slice(2);
const { connect } = await import(modules[client]);
const ask = connect({ origin, apiKey, client });
const results = [];
for (const mode of JSON.parse(modes)) {
  results.push(...(await runCases(JSON.parse(names), mode === "streamed", ask)));
}

console.log(JSON.stringify(results));
process.exit(0); // Some clients keep sockets or timers.
