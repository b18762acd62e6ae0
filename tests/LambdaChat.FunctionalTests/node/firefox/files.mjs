// Attachments, and code in a language whose grammar is loaded.
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, button, choose, click, lastAnswer, page, say, until, untilText } from "./page.mjs";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="; // One black pixel.

// A PDF with one line of text. Its table of objects is missing, so the reader searches for them.
function pdf(text) {
  const content = `BT /F1 12 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Count 1/Kids[3 0 R]>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
  ];
  return `%PDF-1.4\n${objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join("")}trailer\n<</Root 1 0 R>>\n`;
}

const folder = await mkdtemp(join(tmpdir(), "lambdachat-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

async function attach(name, content) {
  await writeFile(join(folder, name), content);
  await (await page.$(".composer input[type=file]")).uploadFile(join(folder, name));
}

export const files = {
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
    await attach("file.txt", "A file.");
    await untilText(".chip", "0.1 KB");
    await say("I have read it.");
    await ask("Read the file");
    await page.waitForSelector("article.user details.file");
  },
  async pdf() {
    await attach("file.pdf", pdf("A line of a PDF."));
    await page.waitForSelector(".chip small");
    await ask("Read the PDF");
    await page.evaluate(() => [...document.querySelectorAll("article.user details.file summary")].at(-1).click());
    await until(() => [...document.querySelectorAll("article.user details.file pre")].at(-1).textContent === "A line of a PDF.");
  },
  async image() {
    await choose("seeing");
    await attach("image.png", Buffer.from(png, "base64"));
    await page.waitForSelector(".attachments img");
    await say("I see a dot.");
    await page.type(".composer textarea", "What do you see?");
    await page.keyboard.press("Enter");
    await untilText(lastAnswer, "I see a dot.");
    await page.waitForSelector("article.user:nth-last-child(2) img");
    await choose("r1");
  },
  async paste() {
    await page.$eval(".composer textarea", (input) => {
      // Firefox has its own members for the data of a clipboard event.
      const data = { dataType: "text/plain", data: "a".repeat(5001) };
      input.dispatchEvent(new ClipboardEvent("paste", { ...data, bubbles: true, cancelable: true }));
    });
    await untilText(".chip", "pasted text.txt5.0 KB");
    await click(button("Remove pasted text.txt"));
  },
  async code() {
    await say("```dockerfile\nFROM debian\n```\n\n- [x] A task[^1]\n\n[^1]: A note");
    await ask("A language that is loaded");
    await untilText(`${lastAnswer} .hljs-keyword`, "FROM");
    await click(`${lastAnswer} .footnote-ref`);
    await until(() => document.activeElement.dataset.footnote === "1");
  },
};
