// Replies that are written piece by piece: their place on the screen, the queue, errors, tools.
import { ask, begin, button, clear, click, equal, lastAnswer, page } from "./page.mjs";
import { say, send, textOf, until, untilText, write, writeEvents } from "./page.mjs";

const lines = (word) => Array.from({ length: 60 }, (_, i) => `${word} ${i + 1}`).join("\n\n");
const place = () => page.evaluate(() => Math.round((window.place ??= document.elementFromPoint(600, 400)).getBoundingClientRect().top));

export const replies = {
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
    await click(".latest");
    await write({ content: `\n\n${lines("more")}` });
    await untilText(lastAnswer, "more 60");
    await until(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector(".scroller");
      return scrollHeight - scrollTop - clientHeight < 2;
    });
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
    await page.evaluate(() => (window.reply = null));
    await click("article:last-child .notice button"); // Continue.
    await until(() => window.reply !== null);
    await write({ content: " two" }, "stop");
    await untilText(lastAnswer, "one two");
    await page.waitForSelector("article:last-child .stats");
  },
  async direction() {
    await say("> ציטוט\n\n| שם | ערך |\n|---|---|\n| אחד | 1 |");
    await ask("A table from right to left");
    equal(await page.$eval(`${lastAnswer} td:last-child`, (cell) => getComputedStyle(cell).textAlign), "right");
    equal(await page.$eval(`${lastAnswer} blockquote`, (quote) => getComputedStyle(quote).paddingRight), "16px");
  },
  async moment() {
    await begin("Think briefly");
    await write({ reasoning_content: "A thought.", content: "Done." }, "stop");
    await untilText("article:last-child details.thinking summary", "Thought for a moment");
  },
  async fault() {
    await begin("Fail");
    await writeEvents({ error: { message: "The stream broke.", code: "upstream_stream_broken" } }, true);
    await untilText("article:last-child .notice.fault strong", "The reply was interrupted.");
    await click("article:last-child .notice.fault summary");
    await page.waitForSelector("article:last-child .details", { visible: true });
    await untilText("article:last-child .details", "The stream broke. · upstream_stream_broken");
    const details = await textOf("article:last-child .details");
    await click(`article:last-child ${button("Copy details")}`);
    await page.waitForSelector(`article:last-child ${button("Copy details")} path[d="M5 13l4 4L19 7"]`); // A check mark.
    await page.focus(".composer textarea");
    await page.keyboard.down("Control");
    await page.keyboard.press("v");
    await page.keyboard.up("Control");
    await until((text) => document.querySelector(".composer textarea").value === text, details);
    await clear();
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
};
