// The page with other settings of the browser, each in a Firefox of its own.
import puppeteer from "puppeteer-core";
import { equal } from "./page.mjs";

const [executablePath, address] = process.argv.slice(2);
const coarse = 1; // No hovering.
const blocked = 2; // All cookies and site data.

export const preferences = {
  // A device without a mouse.
  touch: () =>
    use({ "ui.primaryPointerCapabilities": coarse, "ui.allPointerCapabilities": coarse }, async (page) => {
      equal(await page.evaluate(() => matchMedia("(hover: none)").matches), true);
      equal(await page.evaluate(() => document.activeElement.localName), "body");
      await page.click(".new-small");
      equal(await page.evaluate(() => document.activeElement.localName === "textarea"), false);
    }),

  blocked: () =>
    use({ "network.cookie.cookieBehavior": blocked }, async (page) => {
      equal(await page.$eval(".toast", (toast) => toast.textContent.startsWith("This browser cannot store chats.")), true);
      await page.type(".composer textarea", "For this visit");
      await page.keyboard.press("Enter");
      await page.waitForSelector("article.assistant .stats");
      equal(await page.$eval(".chat .title", (title) => title.textContent), "For this visit");
    }),
};

async function use(extraPrefsFirefox, run) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.setViewport({ width: 360, height: 740 });
    await page.goto(address);
    await page.waitForFunction(() => document.querySelector("select.model")?.value === "r1");
    await run(page);
  } finally {
    await browser.close();
  }
}
