// OpenAI's own client with its helper, which builds the completion from the chunks and is strict about them.
import OpenAI from "openai";
import { fetchWith, messages } from "../cases.mjs";
import { readCompletion } from "./openai-iterator.mjs";

export function connect({ baseURL, apiKey }) {
  return async ({ model, body, isStreamed }, result) => {
    if (!isStreamed) {
      throw new Error("This client only streams.");
    }

    const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, fetch: fetchWith(body) });
    const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    let text = "";
    stream.on("content", (delta) => (text += delta));
    // The helper keeps only the last delta of a member that it does not know.
    const reasoning = [];
    stream.on("chunk", ({ choices }) => {
      for (const { index, delta } of choices) {
        reasoning[index] = (reasoning[index] ?? "") + (delta.reasoning_content ?? "");
      }
    });
    try {
      readCompletion(await stream.finalChatCompletion(), result);
    } catch (error) {
      result.text = text;
      result.model = stream.currentChatCompletionSnapshot?.model ?? null;
      throw error;
    } finally {
      result.reasoning = reasoning.join("");
    }
  };
}
