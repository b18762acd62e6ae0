// Opens the page in Firefox, which WebDriver BiDi drives, and has the steps that several scenarios share.
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [firefox, address, pictures, axePath, teamAddress] = process.argv.slice(2);
const timeout = 120_000;

export { axePath, teamAddress };

/** The errors and warnings of the console. */
export const problems = [];

// Without smooth scrolling, a wheel event moves the page at once.
export const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  headless: true,
  extraPrefsFirefox: { "general.smoothScroll": false },
});
export const page = await openTab();
await page.setViewport({ width: 1200, height: 860 });
await open();

export const lastAnswer = "article.assistant:last-child > .markdown";
export const button = (name) => `button[aria-label="${name}"]`;
export const textOf = (selector) => page.$eval(selector, (element) => element.textContent);
export const picture = (name) => page.screenshot({ path: join(pictures, `${name}.png`) });

/** Opens a tab whose errors and warnings are in `problems`. */
export async function openTab() {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(timeout);
  tab.on("console", (message) => ["error", "warn"].includes(message.type()) && problems.push(message.text()));
  tab.on("pageerror", (error) => problems.push(error.message));
  return tab;
}

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

export async function until(condition, ...values) {
  await page.waitForFunction(condition, { timeout, polling: 100 }, ...values);
}

export async function untilText(selector, text) {
  await until((where, wanted) => document.querySelector(where)?.textContent.includes(wanted), selector, text);
}

export function equal(actual, expected) {
  if (actual !== expected) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

/** Sets the model's reply in the following requests of this document. */
export function say(content, reasoning = "") {
  return page.evaluate(
    (standIn) => {
      window.original ??= window.fetch;
      window.fetch = (url, options) =>
        window.original(
          url,
          options?.body ? { ...options, body: JSON.stringify({ ...JSON.parse(options.body), stand_in: standIn }) } : options,
        );
    },
    { content: [content], reasoning: [reasoning] },
  );
}

// Lets `write` write the next replies, piece by piece.
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

export function write(delta, finish = null) {
  return writeEvents({ choices: [{ index: 0, delta, finish_reason: finish }] }, finish !== null);
}

export function writeEvents(event, isLast) {
  return page.evaluate(
    (data) => {
      window.reply.write(new TextEncoder().encode(data));
    },
    `data: ${JSON.stringify(event)}\n\n${isLast ? "data: [DONE]\n\n" : ""}`,
  );
}

export async function send(text) {
  await until(() => document.querySelector("select.model")?.value === "r1");
  await page.type(".composer textarea", text);
  await page.keyboard.press("Enter");
}

/** Sends a message whose reply `write` writes. */
export async function begin(text) {
  await stream();
  await send(text);
  await until((wanted) => [...document.querySelectorAll("article.user .bubble")].at(-1)?.textContent === wanted, text);
}

export async function choose(model) {
  await page.select("select.model", model);
}

export async function clear() {
  await page.$eval(".composer textarea", (input) => {
    input.value = "";
    input.dispatchEvent(new Event("input"));
  });
}

export async function ask(text) {
  await send(text);
  await until(
    (wanted) =>
      [...document.querySelectorAll("article.user .bubble")].at(-1)?.textContent === wanted &&
      document.querySelector("article.assistant:last-child .stats"),
    text,
  );
}

export async function click(selector) {
  await page.waitForSelector(selector, { visible: true });
  await page.click(selector);
}

/** Chooses an entry of the menu of the open chat. */
export async function menu(entry) {
  await click(".chat.current > .icon-button");
  await chooseEntry(entry);
}

/** Chooses an entry of the menu that is open. */
export async function chooseEntry(entry) {
  await page.waitForSelector(".menu");
  await (await page.$(`xpath/.//div[@class="menu"]/button[text()="${entry}"]`)).click();
}
