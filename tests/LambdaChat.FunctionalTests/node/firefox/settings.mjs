// Search, the settings, accessibility, the phone, and the page without a network. The order matters.
import { readFile } from "node:fs/promises";
import { ask, axePath, click, equal, lastAnswer, openTab, page, picture, problems, say, teamAddress, until, untilText } from "./page.mjs";

export const settings = {
  async search() {
    await page.keyboard.down("Control");
    await page.keyboard.press("k");
    await page.keyboard.up("Control");
    await page.keyboard.type("that is load");
    await untilText(".chats mark", "that is load");
    await page.$eval("input[type=search]", (input) => {
      input.value = "";
      input.dispatchEvent(new Event("input"));
    });
    await until(() => document.querySelector(".chats mark") === null);
  },
  async settings() {
    await click(".open-settings");
    await page.waitForSelector("dialog input[type=range]");
    await page.focus("dialog input[type=range]");
    await page.keyboard.press("ArrowRight");
    equal(await page.$eval("dialog input[name=temperature]", (input) => input.value), "1.1");
    await untilText(".saved", "Saved");
    equal(await page.$eval("dialog section:nth-of-type(2) input[name=temperature]", (input) => input.value), "");
    await picture("firefox-settings");
    await page.select("dialog select", "dark");
    await page.keyboard.press("Escape");
    await until(() => document.querySelector("dialog") === null);
  },
  async shortcut() {
    await page.keyboard.down("Control");
    await page.keyboard.down("Shift");
    await page.keyboard.press("O");
    await page.keyboard.up("Shift");
    await page.keyboard.up("Control");
    await until(() => document.querySelectorAll("article").length === 0);
    await page.goBack();
    await page.waitForSelector(lastAnswer);
  },
  async language() {
    await click(".open-settings");
    await page.select('dialog label:has(option[value="zh"]) select', "zh");
    await until(() => document.documentElement?.lang === "zh" && document.querySelector(".open-settings")?.textContent === "设置");
    await click(".open-settings");
    await page.waitForSelector("dialog");
    await page.select('dialog label:has(option[value="zh"]) select', "en");
    await until(() => document.documentElement?.lang === "en" && document.querySelector("select.model")?.value === "r1");
  },
  async accessibility() {
    await page.evaluate(await readFile(axePath, "utf8"));
    const found = await page.evaluate(async () => {
      await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id }) => id)
        .join();
    });
    equal(found, "");
  },
  async phone() {
    await page.setViewport({ width: 360, height: 740 });
    await until(() => innerWidth === 360 && document.scrollingElement.scrollWidth === 360);
    await until(() => getComputedStyle(document.querySelector(".sidebar")).visibility === "hidden");
    await say(`| ${"a column |".repeat(12)}\n|${"---|".repeat(12)}\n\n\`\`\`dockerfile\nFROM debian\n\`\`\``);
    await ask("A wide table");
    await until((where) => {
      const table = document.querySelector(`${where} .table`);
      return table.scrollWidth > table.clientWidth && getComputedStyle(table).backgroundImage.includes("gradient");
    }, lastAnswer);
    await picture("firefox-phone-dark");
  },
  async console() {
    equal(problems.join("\n"), "");
  },
  // After `console`, because the requests that fail are problems of the console.
  async offline() {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.reload(); // The worker also keeps the libraries that this page loads.
    await page.waitForSelector(`${lastAnswer} .hljs-keyword`);
    await page.setOfflineMode(true);
    await page.reload();
    await page.waitForSelector(`${lastAnswer} .hljs-keyword`);
    equal(await page.$("dialog"), null);
    await page.type(".composer textarea", "Sent without a network");
    await page.keyboard.press("Enter");
    await untilText(".toast", "You are offline. The message was not sent.");
    equal(await page.$eval(".composer textarea", (input) => input.value), "Sent without a network");
    await page.setOfflineMode(false); // Without the event "online" that a network sends.
    await page.reload();
    await until(() => document.querySelector("select.model")?.value === "r1");
  },
  // In a tab of its own: leaving a page can cut its requests, which are problems of the console.
  async team() {
    problems.length = 0;
    await page.close();
    const tab = await openTab();
    await tab.goto(teamAddress);
    await tab.waitForSelector(".brand ::-p-text(Ask Ada)");
    equal(await tab.title(), "Ask Ada");
    await tab.waitForFunction(() => document.querySelector(".brand img").clientWidth === 56);
    equal(await tab.$eval(".brand img", (logo) => `${logo.naturalWidth} ${logo.clientHeight}`), "56 28");
    equal(await tab.$eval(".examples", (examples) => examples.textContent), "What is new?");
    equal(problems.join("\n"), "");
  },
};
