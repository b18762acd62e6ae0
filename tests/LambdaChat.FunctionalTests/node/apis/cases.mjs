// The cases of the clients, and the form of their results. Case N calls model N, whose settings select the reply.
import { readFileSync } from "node:fs";

/** The cases, and the functions that the model can call, with their results. The .NET clients read the same file. */
export const { cases, functions } = JSON.parse(readFileSync(new URL("./cases.json", import.meta.url), "utf8"));

const longestCase = 120_000;

/** Runs the named cases one after the other. `ask(case, result)` fills in the result until an error. */
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

/** Only the first error counts, because later errors follow from it. */
export function fail(result, error) {
  result.error ??= error?.message ?? String(error);
  result.status ??= error?.status ?? error?.statusCode ?? null;
}

/** One reply of the model, as the client shows it. */
export function addTurn(result, { text = "", reasoning = "", calls = [], usage = null, finish = null }) {
  result.turns.push({ text, reasoning, calls, usage, finish });
}

/** The arguments as an object: some clients do not show their text. */
export function callOf(id, name, input) {
  return { id, name, input: typeof input === "string" ? JSON.parse(input) : input };
}
