// The page on a device without a mouse, in a Firefox of its own: its settings say what the pointer can do.
import puppeteer from "puppeteer-core";
import { equal } from "./page.mjs";

const [executablePath, address] = process.argv.slice(2);
const coarse = 1; // No hovering.

export const touch = {
  async touch() {
    const extraPrefsFirefox = { "ui.primaryPointerCapabilities": coarse, "ui.allPointerCapabilities": coarse };
    const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      await page.setViewport({ width: 360, height: 740 });
      await page.goto(address);
      await page.waitForFunction(() => document.querySelector("select.model")?.value === "r1");
      equal(await page.evaluate(() => matchMedia("(hover: none)").matches), true);
      equal(await page.evaluate(() => document.activeElement.localName), "body");
      await page.click(".new-small");
      equal(await page.evaluate(() => document.activeElement.localName === "textarea"), false);
    } finally {
      await browser.close();
    }
  },
};
