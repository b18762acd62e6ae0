// What the clients are asked, and the form of what they showed. Case N asks model N, whose settings make the reply.
const comparison = "9.11 and 9.8, which is greater?";

export const image =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

/** The functions that the model can call, and what they return. */
export const functions = {
  get_weather: { description: "The weather of a city", parameters: taking("city"), result: "It is sunny." },
  get_time: { description: "The time of a zone", parameters: taking("zone"), result: "It is noon." },
};

const cases = {
  text: { question: comparison },
  thinking: { question: comparison, next: "9.8 and 9.11, are you sure?" },
  tool: { question: "What is the weather?", tools: ["get_weather"] },
  "two-tools": { question: "What do get_weather and get_time say?", tools: ["get_weather", "get_time"] },
  image: { question: comparison, image },
  json: { question: comparison, schema },
  "fault-before": { question: comparison },
  "fault-during": { question: comparison },
  cut: { question: comparison },
  cancel: { question: comparison, isCancelled: true },
};

const longestCase = 30_000;

/** Asks for every named case, one after the other, by `ask(case, result)`, which fills the result in as far as it gets. */
export async function runCases(names, isStreamed, ask) {
  const results = [];
  for (const name of names.filter((name) => isStreamed || !cases[name].isCancelled)) {
    const result = { name, isStreamed, turns: [], text: "", error: null, status: null, wasCancelled: false };
    const abort = new AbortController();
    const limit = setTimeout(() => abort.abort(new Error("The case took too long.")), longestCase);
    const onText = (text) => {
      result.text += text;
      if (cases[name].isCancelled) {
        result.wasCancelled = true;
        abort.abort();
      }
    };
    try {
      await ask({ name, isStreamed, model: name, ...cases[name], signal: abort.signal, onText }, result);
    } catch (error) {
      fail(result, error);
    }
    clearTimeout(limit);
    results.push(result);
  }
  return results;
}

/** The first error counts: what comes later is its echo. */
export function fail(result, error) {
  result.error ??= error?.message ?? String(error);
  result.status ??= error?.status ?? error?.statusCode ?? null;
}

/** What one reply of the model showed. */
export function addTurn(result, { text = "", reasoning = "", calls = [], usage = null, finish = null }) {
  result.turns.push({ text, reasoning, calls, usage, finish });
}

/** The arguments as an object: some clients do not show their text. */
export function callOf(id, name, input) {
  return { id, name, input: typeof input === "string" ? JSON.parse(input) : input };
}

function taking(name) {
  return { type: "object", properties: { [name]: { type: "string" } }, required: [name], additionalProperties: false };
}
