// Uses the page in Firefox, by WebDriver BiDi. Prints a JSON object with "ok" or an error for each scenario.
// Arguments: Firefox's path, the page's address with a key, a folder for screenshots, the path of axe.min.js.
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [firefox, address, pictures, axe] = process.argv.slice(2);
const timeout = 120_000;
const answer = "The roots of $x^2 = 4$ are **two**:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```";
const problems = [];

// Without smooth scrolling, a wheel event moves the page at once.
const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true, extraPrefsFirefox: { "general.smoothScroll": false } });
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

// Lets `write` and `fail` write the next replies, piece by piece.
function stream() {
  return page.evaluate(() => {
    window.original ??= window.fetch;
    window.fetch = (url, options) => {
      if (!options?.body) {
        return window.original(url, options);
      }
      const { readable, writable } = new TransformStream();
      window.reply = writable.getWriter();
      options.signal.addEventListener("abort", () => window.reply.abort(options.signal.reason));
      return Promise.resolve(new Response(readable));
    };
  });
}

function write(delta, finish = null) {
  return writeEvents({ choices: [{ index: 0, delta, finish_reason: finish }] }, finish !== null);
}

function writeEvents(event, isLast) {
  return page.evaluate((data) => {
    window.reply.write(new TextEncoder().encode(data));
  }, `data: ${JSON.stringify(event)}\n\n${isLast ? "data: [DONE]\n\n" : ""}`);
}

async function send(text) {
  await until(() => document.querySelector("select.model")?.value === "r1");
  await page.type(".composer textarea", text);
  await page.keyboard.press("Enter");
}

// Sends a message whose reply `write` writes.
async function begin(text) {
  await stream();
  await send(text);
  await until((wanted) => [...document.querySelectorAll("article.user .bubble")].at(-1)?.textContent === wanted, text);
}

async function clear() {
  await page.$eval(".composer textarea", (input) => {
    input.value = "";
    input.dispatchEvent(new Event("input"));
  });
}

async function ask(text) {
  await send(text);
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

const lines = (word) => Array.from({ length: 60 }, (_, i) => `${word} ${i + 1}`).join("\n\n");
const place = () => page.evaluate(() => Math.round((window.place ??= document.elementFromPoint(600, 400)).getBoundingClientRect().top));

const scenarios = {
  async empty() {
    equal(await textOf(".empty .brand"), "LambdaChat");
    await until(() => document.querySelector(".empty").textContent.includes("r1"));
    equal(await page.$eval(button("Send"), (element) => element.getAttribute("aria-disabled")), "true");
    const { y } = await (await page.$(".composer textarea")).boundingBox();
    equal(y > 200 && y < 650, true);
    await page.click(".examples button:last-child");
    equal(await page.$eval(".composer textarea", (input) => input.value), "Compare TCP and UDP in a table");
    await clear();
  },
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
  async sidebar() {
    await click(".sidebar .fold");
    await until(() => getComputedStyle(document.querySelector(".sidebar")).display === "none");
    await click(".menu-button");
    await page.waitForSelector(".sidebar", { visible: true });
    await menu("Rename");
    await page.keyboard.type("A renamed chat");
    await page.keyboard.press("Enter");
    await untilText(".chat.current .title", "A renamed chat");
  },
  async print() {
    await page.evaluate(() => (window.print = () => (window.isPrinted = true)));
    await menu("Print");
    await until(() => window.isPrinted);
  },
  async export() {
    await page.evaluate(() => {
      URL.createObjectURL = (blob) => ((window.blob = blob), "about:blank");
      HTMLAnchorElement.prototype.click = () => {};
    });
    await menu("Export as Markdown");
    await until(() => window.blob);
    equal(/^# A renamed chat\n\n## You\n\nWhat are the roots\?\n\n## r1\n/.test(await page.evaluate(() => window.blob.text())), true);
  },
  async place() {
    await begin("Think at length");
    await write({ reasoning_content: lines("thought") });
    await untilText("article:last-child .thought", "thought 60");
    await page.mouse.move(600, 400);
    await page.mouse.wheel({ deltaY: -300 });
    await until(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector(".scroller");
      return scrollHeight - scrollTop - clientHeight > 100;
    });
    const before = await place();
    await write({ content: lines("answer") });
    await untilText(lastAnswer, "answer 60");
    equal(await page.$eval("article:last-child details.thinking", (details) => details.open), true);
    equal(await place(), before);
    await write({}, "stop");
    await page.waitForSelector("article:last-child .stats");
    await page.$eval("article:last-child .stats summary", (summary) => summary.click());
    await untilText("article:last-child .stats[open]", "tokens");
  },
  async queue() {
    await begin("Slow");
    await write({ content: "one" });
    await untilText(lastAnswer, "one");
    await send("Later");
    await untilText(".queued", "Queued: Later");
    await click(button("Stop"));
    await until(() => document.querySelector(".composer textarea").value === "Later");
    await untilText("article:last-child .notice", "Stopped.");
    await clear();
  },
  async fault() {
    await begin("Fail");
    await writeEvents({ error: { message: "The stream broke.", code: "upstream_stream_broken" } }, true);
    await untilText("article:last-child .notice.fault strong", "The reply was interrupted.");
    await click("article:last-child .notice.fault summary");
    await page.waitForSelector("article:last-child .details", { visible: true });
    await untilText("article:last-child .details", "The stream broke.");
  },
  async tool() {
    await begin("Weather");
    await write({ tool_calls: [{ index: 0, id: "a", function: { name: "get_weather", arguments: "{}" } }] }, "tool_calls");
    await untilText("article:last-child .tool", "Tool call: get_weather");
  },
  async fold() {
    await page.$eval(".composer textarea", (input) => (input.value = "line\n".repeat(40)));
    await say("Read.");
    await send("end");
    await click(".unfold");
    await untilText(".unfold", "Show less");
    await page.waitForSelector("article:last-child .stats");
  },
  async drop() {
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["dropped"], "dropped.txt"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
    await untilText(".chip", "dropped.txt");
    await click(button("Remove dropped.txt"));
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
  async language() {
    await click(".open-settings");
    await page.select('dialog label:has(option[value="zh"]) select', "zh");
    await until(() => document.documentElement.lang === "zh" && document.querySelector(".open-settings")?.textContent === "设置");
    await click(".open-settings");
    await page.waitForSelector("dialog");
    await page.select('dialog label:has(option[value="zh"]) select', "en");
    await until(() => document.documentElement.lang === "en" && document.querySelector("select.model")?.value === "r1");
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
    await until(() => innerWidth === 360 && document.scrollingElement.scrollWidth === 360);
    await until(() => getComputedStyle(document.querySelector(".sidebar")).visibility === "hidden");
    await page.screenshot({ path: join(pictures, "firefox-phone-dark.png") });
  },
  async console() {
    equal(problems.join("\n"), "");
  },
  // The last one, because the requests that fail are problems of the console.
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
