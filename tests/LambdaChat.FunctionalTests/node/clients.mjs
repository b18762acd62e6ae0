// Asks through one client for every case, one after the other, and prints what the client showed as one JSON array.
// Arguments: base address ending in v1, key, client, cases
//   [{"name","model","body":{members to merge into the request},"stream":false for a non-streaming reply}]
import { runCases } from "./cases.mjs";

const modules = {
  openai: "./clients/openai-iterator.mjs",
  "openai-stream": "./clients/openai-stream.mjs",
  "ai-compatible": "./clients/ai-sdk.mjs",
  "ai-deepseek": "./clients/ai-sdk.mjs",
  "ai-openai": "./clients/ai-sdk.mjs",
  langchain: "./clients/langchain.mjs",
};

const [baseURL, apiKey, client, cases] = process.argv.slice(2);
if (!Object.hasOwn(modules, client)) {
  throw new Error(`No client ${client}. There are ${Object.keys(modules).join(", ")}.`);
}

const { connect } = await import(modules[client]);
console.log(JSON.stringify(await runCases(JSON.parse(cases), connect({ baseURL, apiKey, client }))));
