// Asks through one client of a chat page for every case and prints what the client showed as one JSON array.
// Arguments: base address without a path, key, client, names of the cases
import { runCases } from "../apis/cases.mjs";

const [origin, apiKey, client, names] = process.argv.slice(2);
const { connect } = await import(client.startsWith("ag-ui") ? "./clients/ag-ui.mjs" : "./clients/ai-sdk.mjs");
const ask = await connect({ origin, apiKey, client });
console.log(JSON.stringify(await runCases(JSON.parse(names), true, ask)));
process.exit(0); // Some clients keep sockets or timers.
