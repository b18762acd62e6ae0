// The empty page, a reply with mathematics and code, and what can be done with a chat.
import { ask, button, choose, chooseEntry, clear, click, equal, lastAnswer, menu, page } from "./page.mjs";
import { picture, say, textOf, until, untilText } from "./page.mjs";

const answer = "The roots of $x^2 = 4$ are **two**:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```";

export const chats = {
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
    await picture("firefox");
  },
  async address() {
    const url = page.url();
    equal(/#chat=[0-9-]+$/.test(url), true);
    await page.reload();
    await untilText(lastAnswer, "The roots");
    await until(() => document.querySelector("select.model")?.value === "r1"); // With the key of this visit, which is not kept.
    equal(await page.evaluate(() => localStorage.getItem("lambdachat.keys") ?? "{}"), "{}");
    equal(await page.evaluate(() => sessionStorage.getItem("lambdachat.keys") !== null), true);
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
  async model() {
    await say("By the other model.");
    await click(button("Ask another model"));
    await chooseEntry("seeing");
    await untilText(lastAnswer, "By the other model.");
    await until(() => document.querySelector("select.model").value === "seeing");
    await choose("r1");
    await untilText(".versions", "3/3");
    await click(button("Previous version"));
    await untilText(lastAnswer, "Another answer.");
    await click(button("Previous version"));
    await untilText(lastAnswer, "The roots");
  },
  async edit() {
    await say("To the changed question.");
    await click(`article.user ${button("Edit")}`);
    await page.type("textarea.edit", "!");
    await page.keyboard.press("Enter");
    await untilText(lastAnswer, "To the changed question.");
    await page.waitForSelector("article.assistant:last-child .stats");
    equal((await textOf("article.user .bubble")).includes("!"), true);
    await click(`article.user ${button("Previous version")}`);
    await untilText(lastAnswer, "The roots");
    equal(await textOf("article.user .bubble"), "What are the roots?");
  },
  async title() {
    await say("Roots of a square");
    await menu("Generate a title");
    await untilText(".chat.current .title", "Roots of a square");
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
};
