// Streams one reply with OpenAI's own client and prints the result as JSON.
// Arguments: base address, key, body
import OpenAI from "openai";

const [baseURL, apiKey, body] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const result = { text: "", reasoning: "", finishReason: null };
try {
  for await (const chunk of await client.chat.completions.create(JSON.parse(body))) {
    const choice = chunk.choices[0];
    result.model = chunk.model;
    result.text += choice?.delta.content ?? "";
    result.reasoning += choice?.delta.reasoning_content ?? "";
    result.finishReason = choice?.finish_reason ?? result.finishReason;
    result.usage = chunk.usage ?? result.usage;
  }
} catch (error) {
  result.error = error.message;
  result.status = error.status;
  result.code = error.code;
}
console.log(JSON.stringify(result));
