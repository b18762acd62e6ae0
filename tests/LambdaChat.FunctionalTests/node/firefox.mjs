// Uses the page in Firefox, by WebDriver BiDi. Prints a JSON object with "ok" or an error for each scenario.
// Arguments: Firefox's path, the page's address with a key, a folder for screenshots, the path of axe.min.js.
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [firefox, address, pictures, axe] = process.argv.slice(2);
const timeout = 60_000;
const answer = "The roots of $x^2 = 4$ are **two**:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```";
const problems = [];

const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true });
const page = await browser.newPage();
page.setDefaultTimeout(timeout);
page.on("console", (message) => ["error", "warn"].includes(message.type()) && problems.push(message.text()));
page.on("pageerror", (error) => problems.push(error.message));
await page.setViewport({ width: 1200, height: 860 });
await open();

const button = (name) => `button[aria-label="${name}"]`;
const textOf = (selector) => page.$eval(selector, (element) => element.textContent);
const lastAnswer = "article.assistant:last-child > .markdown";

// A busy machine may not serve all files in time.
async function open() {
  for (let i = 0; i < 3; i++) {
    await page.goto(i === 0 ? address : `${address}&try=${i}`);
    if (i > 0) {
      await page.reload();
    }
    try {
      await until(() => document.querySelector("select.model")?.value === "r1");
      break;
    } catch {
      problems.length = 0;
    }
  }
}

async function until(condition, ...values) {
  await page.waitForFunction(condition, { timeout, polling: 100 }, ...values);
}

async function untilText(selector, text) {
  await until((where, wanted) => document.querySelector(where)?.textContent.includes(wanted), selector, text);
}

function equal(actual, expected) {
  if (actual !== expected) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

// Sets the model's reply in the following requests of this document.
function say(content, reasoning = "") {
  return page.evaluate((standIn) => {
    window.original ??= window.fetch;
    window.fetch = (url, options) => window.original(url, options?.body ? { ...options, body: JSON.stringify({ ...JSON.parse(options.body), stand_in: standIn }) } : options);
  }, { content: [content], reasoning: [reasoning] });
}

async function ask(text) {
  await until(() => document.querySelector("select.model")?.value === "r1");
  await page.type(".composer textarea", text);
  await page.keyboard.press("Enter");
  await until((wanted) => [...document.querySelectorAll("article.user .bubble")].at(-1)?.textContent === wanted && document.querySelector("article.assistant:last-child .stats"), text);
}

async function click(selector) {
  await page.waitForSelector(selector, { visible: true });
  await page.click(selector);
}

async function menu(entry) {
  await click(".chat.current > .icon-button");
  await page.waitForSelector(".menu");
  await (await page.$(`xpath/.//div[@class="menu"]/button[text()="${entry}"]`)).click();
}

// A PDF with one line of text. Its table of objects is missing, so the reader searches for them.
function pdf(text) {
  const content = `BT /F1 12 Tf 72 720 Td (${text}) Tj ET`;
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", `<</Length ${content.length}>>\nstream\n${content}\nendstream`];
  return `%PDF-1.4\n${objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join("")}trailer\n<</Root 1 0 R>>\n`;
}

const scenarios = {
  async content() {
    await say(answer, "A thought.");
    await ask("What are the roots?");
    await page.waitForSelector(`${lastAnswer} math`);
    await page.waitForSelector(`${lastAnswer} .hljs-built_in`);
    equal(await textOf(`${lastAnswer} td`), "1");
    await click("details.thinking summary");
    await untilText("details.thinking .thought", "A thought.");
    await page.screenshot({ path: join(pictures, "firefox.png") });
  },
  async address() {
    const url = page.url();
    equal(/#chat=[0-9a-f-]{36}$/.test(url), true);
    await page.reload();
    await untilText(lastAnswer, "The roots");
    await click(".sidebar .new");
    await until(() => document.querySelectorAll("article").length === 0);
    await page.goBack();
    await untilText(lastAnswer, "The roots");
    equal(page.url(), url);
  },
  async versions() {
    await say("Another answer.");
    await click(button("Ask again"));
    await untilText(lastAnswer, "Another answer.");
    await untilText(".versions", "2/2");
    await click(button("Previous version"));
    await untilText(lastAnswer, "The roots");
    equal(await textOf(".versions"), "1/2");
  },
  async menu() {
    await menu("Pin");
    await untilText(".chats .day", "Pinned");
    await click(".chat.current > .icon-button");
    await page.waitForSelector(".menu");
    await page.keyboard.press("Escape");
    await until(() => document.querySelector(".menu") === null);
  },
  async files() {
    const path = join(tmpdir(), `lambdachat-${process.pid}.txt`);
    await writeFile(path, "A file.");
    await (await page.$(".composer input[type=file]")).uploadFile(path);
    await untilText(".chip", "0.1 KB");
    await say("I have read it.");
    await ask("Read the file");
    await page.waitForSelector("article.user details.file");
  },
  async pdf() {
    const path = join(tmpdir(), `lambdachat-${process.pid}.pdf`);
    await writeFile(path, pdf("A line of a PDF."));
    await (await page.$(".composer input[type=file]")).uploadFile(path);
    await page.waitForSelector(".chip small");
    await ask("Read the PDF");
    await page.evaluate(() => [...document.querySelectorAll("article.user details.file summary")].at(-1).click());
    await until(() => [...document.querySelectorAll("article.user details.file pre")].at(-1).textContent === "A line of a PDF.");
  },
  async code() {
    await say("```dockerfile\nFROM debian\n```\n\n- [x] A task[^1]\n\n[^1]: A note");
    await ask("A language that is loaded");
    await untilText(`${lastAnswer} .hljs-keyword`, "FROM");
    await click(`${lastAnswer} .footnote-ref`);
    await until(() => document.activeElement.dataset.footnote === "1");
  },
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
    await page.screenshot({ path: join(pictures, "firefox-settings.png") });
    await page.select("dialog select", "dark");
    await page.keyboard.press("Escape");
    await until(() => document.querySelector("dialog") === null);
  },
  async accessibility() {
    await page.evaluate(await readFile(axe, "utf8"));
    const found = await page.evaluate(async () => {
      await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id).join();
    });
    equal(found, "");
  },
  async phone() {
    await page.setViewport({ width: 360, height: 740 });
    await page.screenshot({ path: join(pictures, "firefox-phone-dark.png") });
    equal(await page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth), false);
  },
  async console() {
    equal(problems.join("\n"), "");
  },
};

const results = {};
for (const [name, run] of Object.entries(scenarios)) {
  try {
    await run();
    results[name] = "ok";
  } catch (error) {
    results[name] = `${error.message} ${problems.join("\n")}`;
  }
}
await browser.close();
console.log(JSON.stringify(results));
