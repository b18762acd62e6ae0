// Blocks as elements, and a text that grows: only its last block is drawn again.
import { parseBlocks } from "./blocks.js";
import { cutBefore } from "./characters.js";
import { copyButton, el } from "./dom.js";
import { inline } from "./inline.js";
import { t } from "./texts.js";

const longestBlock = 6000; // Characters. A longer one is cut where that shows least, so that a frame's work has a limit.
const partLength = 4000; // Characters of finished blocks that are laid out and skipped together.

/** Shows a text that comes in pieces. However it is cut, the same elements come of it. */
export class MarkdownView {
  #tail = ""; // From the last block on.
  #carry = null;
  #open = [];
  #part = null;
  #partLength = 0;
  #code = null; // The code block that the carry goes on in.

  constructor(element) {
    this.element = element;
  }

  append(text) {
    this.#tail += text;
    this.#finishBlocks();
    this.#drawOpen();
  }

  // What whole lines say of all blocks but the last is final; and of a long one, all but its end.
  #finishBlocks() {
    const whole = this.#tail.slice(0, this.#tail.lastIndexOf("\n") + 1);
    const closed = parseBlocks(whole, this.#carry).slice(0, -1);
    if (closed.length > 0) {
      this.#finish(closed, closed.at(-1).end, null);
    }
    while (this.#tail.length > longestBlock) {
      const cut = findCut(this.#tail, parseBlocks(this.#tail, this.#carry)[0]);
      const blocks = parseBlocks(this.#tail.slice(0, cut), this.#carry);
      const last = blocks.at(-1);
      if (last?.type === "code" && last.hasLines && this.#tail[cut - 1] === "\n") {
        last.text += "\n";
      }
      this.#finish(blocks, cut, carryOf(last));
    }
  }

  #finish(blocks, length, carry) {
    this.#removeOpen();
    for (const block of blocks) {
      this.#place(block, true);
      this.#partLength += block.end - block.start;
    }
    this.#tail = this.#tail.slice(length);
    this.#carry = carry;
  }

  #drawOpen() {
    const blocks = parseBlocks(this.#tail, this.#carry);
    const [only] = this.#open;
    if (blocks.length === 1 && blocks[0].type === "code" && this.#open.length === 1 && only.piece) {
      only.piece.textContent = blocks[0].text; // Keeps the place to which a reader has scrolled in it.
      only.setLanguage?.(blocks[0].language);
      return;
    }
    this.#removeOpen();
    for (const block of blocks) {
      this.#open.push(this.#place(block, false));
    }
  }

  #removeOpen() {
    this.#open.forEach((drawn) => drawn.node.remove());
    this.#open = [];
  }

  #place(block, isFinal) {
    if (block.isContinued && this.#code) {
      const piece = el("code", { class: "piece", text: block.text });
      this.#code.append(piece);
      return { node: piece, piece };
    }
    if (isFinal && this.#part && this.#partLength > partLength) {
      this.#part = null;
    }
    if (this.#part === null) {
      this.#part = el("div", { class: "part" });
      this.#partLength = 0;
      this.element.append(this.#part);
    }
    const drawn = draw(block);
    this.#part.append(drawn.node);
    if (isFinal && block.type === "code" && !block.isClosed) {
      this.#code = drawn.pre;
    }
    return drawn;
  }
}

/** Shows a whole text. */
export function renderMarkdown(element, text) {
  new MarkdownView(element).append(text);
}

// Where a block that is too long is cut: in front of its last item, row or line, or else at a space.
function findCut(tail, block) {
  const pieces = block.items ?? block.rows ?? [];
  if (pieces.length > 1) {
    return pieces.at(-1).start;
  }
  const line = tail.lastIndexOf("\n", 2 * longestBlock) + 1;
  return line > 0 && line < tail.length ? line : tail.lastIndexOf(" ", longestBlock) + 1 || cutBefore(tail, longestBlock);
}

function carryOf(block) {
  if (block?.type === "code" && !block.isClosed) {
    return { type: "code", fence: block.fence, indent: block.indent, language: block.language };
  }
  return block?.type === "table" ? { type: "table", alignments: block.alignments } : null;
}

function draw(block) {
  switch (block.type) {
    case "code": return drawCode(block);
    case "heading": return { node: el(`h${Math.min(block.level + 2, 6)}`, {}, ...inline(block.text)) };
    case "rule": return { node: el("hr") };
    case "quote": return { node: el("blockquote", {}, ...block.blocks.map((inner) => draw(inner).node)) };
    case "list": return { node: drawList(block) };
    case "table": return { node: drawTable(block) };
    case "math": return { node: el("p", { class: "math", text: block.text }) };
    default: return { node: el("p", {}, ...inline(block.text)) };
  }
}

function drawCode(block) {
  const piece = el("code", { class: "piece", text: block.text });
  const pre = el("pre", { tabindex: "0" }, piece);
  const language = el("span", { text: block.language });
  const head = el("div", { class: "code-head" }, language, copyButton(t("copyCode"), () => [...pre.children].map((code) => code.textContent).join("")));
  return { node: el("div", { class: "code" }, head, pre), pre, piece, setLanguage: (name) => (language.textContent = name) };
}

function drawList(block) {
  const items = block.items.map((item) => {
    const check = item.isDone === null ? null : el("input", { type: "checkbox", disabled: true, checked: item.isDone, "aria-label": t(item.isDone ? "done" : "open") });
    const [first, ...rest] = item.blocks;
    const content = first?.type === "paragraph" ? [...inline(first.text), ...rest.map((inner) => draw(inner).node)] : item.blocks.map((inner) => draw(inner).node);
    return el("li", { class: check && "task" }, check, ...content);
  });
  return block.isOrdered ? el("ol", { start: block.number === 1 ? null : block.number }, ...items) : el("ul", {}, ...items);
}

function drawTable(block) {
  const row = (cells, tag) => el("tr", {}, ...block.alignments.map((align, i) => el(tag, { class: align }, ...inline(cells[i] ?? ""))));
  const head = block.header && el("thead", {}, row(block.header, "th"));
  return el("div", { class: "table", tabindex: "0" }, el("table", {}, head, el("tbody", {}, ...block.rows.map((cells) => row(cells.cells, "td")))));
}
