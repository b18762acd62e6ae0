// Shared by the scripts in the folder clients: the request of a case, its result, and the conversion of OpenAI's objects into it.
export const messages = [{ role: "user", content: "9.11 and 9.8, which is greater?" }];

const longestCase = 30_000;

/** `fetch` for one case: adds members to the body that the client does not know, and aborts a request that hangs. */
export function fetchWith(body) {
  return (url, init) => {
    // AbortSignal.any over AbortSignal.timeout would do, but Node 20 collects it before it fires.
    const limit = new AbortController();
    setTimeout(() => limit.abort(new Error("The case took too long.")), longestCase).unref();
    init.signal?.addEventListener("abort", () => limit.abort(init.signal.reason));
    return fetch(url, { ...init, body: JSON.stringify({ ...JSON.parse(init.body), ...body }), signal: limit.signal });
  };
}

/** Runs the cases one after the other. `run(case, result)` fills in the result until an error. */
export async function runCases(cases, run) {
  const results = [];
  for (const item of cases) {
    const result = emptyResult(item.name);
    try {
      await run({ isStreamed: item.stream !== false, ...item }, result);
    } catch (error) {
      fail(result, error);
    }
    results.push(result);
  }
  return results;
}

/** Only the first error counts, because later errors follow from it. */
export function fail(result, error) {
  result.error ??= error?.message ?? String(error);
  result.status ??= error?.status ?? error?.statusCode ?? null;
}

/** The visible text, without the text that a client still shows after an error. */
export function addText(result, text) {
  if (result.error === null) {
    result.text += text;
  } else {
    result.textAfterError += text;
  }
}

export function usageOf(prompt, completion) {
  return prompt === undefined && completion === undefined ? null : { prompt, completion };
}

function emptyResult(name) {
  return {
    name,
    text: "",
    textAfterError: "",
    reasoning: "",
    toolCalls: [],
    usage: null,
    finish: null,
    model: null,
    object: null,
    error: null,
    status: null,
  };
}
