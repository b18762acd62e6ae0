// Sends what Anthropic's client and the AI SDK send to newer servers. Prints one JSON object.
import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText } from "ai";

const { BASE_URL: baseURL, API_KEY: apiKey, MODEL: model } = process.env;
const client = new Anthropic({ baseURL, apiKey, maxRetries: 0 });
const provider = createAnthropic({ baseURL: `${baseURL}/v1`, apiKey });
const question = "9.11 and 9.8, which is greater?";
const user = (content) => ({ role: "user", content });
const textOf = (message) => message.content.filter((block) => block.type === "text").map((block) => block.text).join("");

// A thread keeps the conversation on the server. The client sends it whole to a server that has none.
async function thread() {
  const thread = client.beta.messages.thread({ model, max_tokens: 1000, unsupportedRequestBehavior: "continue_unthreaded" });
  await thread.send(user("Hello"));
  return textOf(await thread.send(user(question)));
}

async function refused() {
  try {
    await client.beta.messages.thread({ model, max_tokens: 1000 }).send(user(question));
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.errorCode };
  }
}

async function ask(options) {
  return (await generateText({ model: provider(model), maxOutputTokens: 1000, maxRetries: 0, prompt: question, ...options })).text;
}

console.log(JSON.stringify({
  thread: await thread(),
  refused: await refused(),
  withoutThinking: await ask({ reasoning: "none" }),
  updates: textOf(await client.beta.messages.create({
    model, max_tokens: 1000, thinking: { type: "adaptive", display: "updates" }, messages: [user(question)],
  })),
}));
