// Reads stored responses with OpenAI's client. Prints one JSON object.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY, maxRetries: 0 });
const model = process.env.MODEL;
const ask = (standIn) => JSON.stringify({ stand_in: standIn });

// Reads some events, and disconnects.
async function leave(count) {
  const stream = await client.responses.create({ model, input: ask({ tokens: 20, pace_ms: 20 }), stream: true });
  let id;
  let number;
  let text = "";
  for await (const event of stream) {
    id ??= event.response?.id;
    number = event.sequence_number;
    text += event.type === "response.output_text.delta" ? event.delta : "";
    if (--count === 0) {
      break;
    }
  }

  stream.controller.abort();
  return { id, number, text };
}

async function retrieve() {
  const { id, number, text } = await leave(8);
  let rest = "";
  for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: number })) {
    rest += event.type === "response.output_text.delta" ? event.delta : "";
  }

  const whole = await client.responses.retrieve(id);
  return { text: text + rest, stored: whole.output_text };
}

async function stream() {
  const { id, number } = await leave(6);
  const events = [];
  const resumed = client.responses.stream({ response_id: id, starting_after: number });
  for await (const event of resumed) {
    events.push(event.sequence_number);
  }

  const final = await resumed.finalResponse();
  return { first: events[0] - number, text: final.output_text, status: final.status };
}

async function cancel() {
  const queued = await client.responses.create({ model, input: ask({ tokens: 2000, pace_ms: 20 }), background: true });
  const cancelled = await client.responses.cancel(queued.id);
  const again = await client.responses.cancel(queued.id);
  return { queued: queued.status, cancelled: cancelled.status, again: again.status };
}

async function turns() {
  const tools = [{ type: "function", name: "get_weather", parameters: { type: "object", properties: {} }, strict: false }];
  const first = await client.responses.create({
    model, tools, input: ask({ reasoning: ["I look."], content: [], tools: [{ name: "get_weather", arguments: "{}" }] }),
  });
  const call = first.output.find((item) => item.type === "function_call");
  const second = await client.responses.create({
    model,
    tools,
    previous_response_id: first.id,
    input: [{ type: "function_call_output", call_id: call.call_id, output: "sunny" }, { role: "user", content: ask({ tokens: 2 }) }],
  });
  const third = await client.responses.create({ model, tools, previous_response_id: second.id, input: ask({ tokens: 3 }) });
  const input = await client.responses.inputItems.list(third.id, { order: "asc" });
  await client.responses.delete(third.id);
  const gone = await client.responses.retrieve(third.id).catch((error) => error.status);
  return { text: third.output_text, input: input.data.map((item) => item.type), gone };
}

async function chat() {
  const stored = await client.chat.completions.create({
    model, store: true, messages: [{ role: "user", content: ask({ tokens: 2 }) }],
  });
  const read = await client.chat.completions.retrieve(stored.id);
  const { deleted } = await client.chat.completions.delete(stored.id);
  return { same: JSON.stringify(read) === JSON.stringify(stored), deleted };
}

console.log(JSON.stringify({
  retrieve: await retrieve(), stream: await stream(), cancel: await cancel(), turns: await turns(), chat: await chat(),
}));
