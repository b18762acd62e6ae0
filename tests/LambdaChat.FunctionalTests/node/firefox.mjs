// Uses the page in Firefox. Prints a JSON object with "ok" or an error for each scenario.
// Arguments: Firefox's path, the page's address with a key, a folder for screenshots, the path of axe.min.js, the address of a team's page.
import { chats } from "./firefox/chats.mjs";
import { files } from "./firefox/files.mjs";
import { browser, problems } from "./firefox/page.mjs";
import { preferences } from "./firefox/preferences.mjs";
import { replies } from "./firefox/replies.mjs";
import { settings } from "./firefox/settings.mjs";

const results = {};
for (const [name, run] of Object.entries({ ...chats, ...replies, ...files, ...settings, ...preferences })) {
  try {
    await run();
    results[name] = "ok";
  } catch (error) {
    results[name] = `${error.message} ${problems.join("\n")}`;
    break; // The next scenarios use the same page, and would wait in vain.
  }
}
await browser.close();
console.log(JSON.stringify(results));
