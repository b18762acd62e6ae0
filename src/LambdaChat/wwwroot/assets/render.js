// Shows Markdown that grows. Only the last block is parsed and drawn again.
import { cutBefore } from "./characters.js";
import { codeOf, drawBlock, drawCode, languageOf } from "./draw.js";
import { el } from "./dom.js";
import { highlightLater } from "./highlight.js";
import { copySources } from "./math.js";
import { parsePart, parseWhole, readBlocks } from "./markdown.js";

const maxBlock = 6000; // Characters. A longer block is cut at an item, row or line, which bounds the work per frame.
const windowLength = 2 * maxBlock; // Characters parsed at once.
const partLength = 4000; // Characters of finished blocks that the browser lays out or skips together.
const maxWhole = 100_000; // Characters. Longer texts are not parsed again for late definitions.
const definitionPattern = /^[ >]{0,12}\[[^\]\n]{1,100}\]:/m;

document.addEventListener("copy", copySources);

/** Shows a streamed text, whatever the pieces in which it arrives. */
export class MarkdownView {
  #text = [];
  #tail = ""; // The text of the last block.
  #env = {};
  #continued = null; // The long block that the tail continues: `{ prefix, type }`.
  #open = []; // The drawn blocks of the tail.
  #part = null;
  #partLength = 0;
  #code = null; // The code block that the tail continues.
  #hasOpenFormula = false;

  constructor(element) {
    this.element = element;
  }

  append(text) {
    this.#text.push(text);
    this.#tail += text.replaceAll("\0", "\ufffd").replaceAll("\r", "");
    while (this.#advance(true));
    this.#drawOpen(true);
  }

  end() {
    const text = this.#text.join("");
    if (text.length <= maxWhole && definitionPattern.test(text)) {
      this.#drawWhole(text);
    } else {
      if (this.#hasOpenFormula) {
        while (this.#advance(false));
        this.#drawOpen(false);
      }
      this.#open.forEach((drawn) => drawn.codes.forEach(highlightLater));
      this.#highlightContinued();
    }
  }

  // Finishes the blocks that further text cannot change: all but the last one of the complete lines. If a formula without an end turns out
  // to be none, it can be a part of the block before it. Returns true if there may be more.
  #advance(isOpen) {
    const window = this.#tail.slice(0, windowLength);
    const whole = window.slice(0, window.lastIndexOf("\n") + 1);
    const prefix = this.#continued?.prefix ?? "";
    const blocks = readBlocks(prefix + whole, isOpen);
    const open = blocks.length > 1 && isOpenFormula(blocks.at(-1)) && this.#tail.length <= maxBlock ? 2 : 1;
    if (blocks.length > open) {
      const length = offsetOf(prefix + whole, blocks.at(-open).start) - prefix.length;
      if (length > 0) {
        this.#finish(length, false);
      } else {
        this.#continued = null; // The cut block had ended already.
      }
      return true;
    }
    if (this.#tail.length > maxBlock) {
      this.#finishPart(window, whole, prefix);
      return true;
    }
    return false;
  }

  #finishPart(window, whole, prefix) {
    const [block] = readBlocks(prefix + window, false);
    const item = block ? findItem(block, prefix + window) - prefix.length : 0;
    const cut = item || whole.length || window.lastIndexOf(" ", maxBlock) + 1 || cutBefore(window, maxBlock);
    this.#finish(cut > 0 ? cut : window.length, true);
  }

  #finish(length, isCut) {
    this.#removeOpen();
    const text = this.#tail.slice(0, length);
    const blocks = this.#parse(text, this.#env);
    const last = blocks.at(-1);
    const isCutCode = isCut && last !== undefined && isOpenFence(last, this.#prefix + text);
    for (const block of blocks) {
      const { codes, piece } = this.#place(block, true);
      if (block !== last || !isCutCode) {
        codes.forEach(highlightLater);
      } else if (text.endsWith("\n") && block.tokens[0].content !== "") {
        piece.append("\n");
      }
    }
    this.#partLength += length;
    this.#tail = this.#tail.slice(length);
    this.#continue(isCut ? last : undefined, this.#prefix + text);
  }

  get #prefix() {
    return this.#continued?.prefix ?? "";
  }

  // A block that is not complete is continued by repeating its first lines in front of the rest.
  #continue(block, text) {
    const lines = text.split("\n");
    if (block && isOpenFence(block, text)) {
      this.#continued = { type: "fence", prefix: `${lines[block.start].slice(0, 200)}\n` };
    } else if (block?.type === "table" && block.end >= lines.length - 1) {
      this.#continued = { type: "table", prefix: `${lines[block.start]}\n${lines[block.start + 1]}\n` };
    } else {
      this.#highlightContinued();
      this.#continued = null;
    }
  }

  #parse(text, env) {
    const blocks = parsePart(this.#prefix + text, env);
    if (this.#continued !== null && blocks[0]?.type === this.#continued.type) {
      blocks[0].isContinued = true;
    }
    return blocks;
  }

  #drawOpen(isOpen) {
    const env = { references: { ...this.#env.references }, isOpen };
    const blocks = this.#parse(this.#tail, env);
    this.#hasOpenFormula = env.hasOpenMark === true || blocks.some(isOpenFormula);
    const [only] = this.#open;
    if (blocks.length === 1 && blocks[0].type === "fence" && this.#open.length === 1 && only.piece) {
      only.piece.textContent = codeOf(blocks[0].tokens[0]); // Keeps the scroll position of the code.
      only.label?.replaceChildren(languageOf(blocks[0].tokens[0]));
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
    if (block.type === "fence") {
      return this.#placeCode(block, isFinal);
    }
    const drawn = drawBlock(block);
    if (block.isContinued) {
      drawn.node.querySelector("thead")?.remove();
    }
    if (!block.isContinued || drawn.node.querySelector("tr") !== null) {
      this.#currentPart(isFinal).append(drawn.node);
    }
    return drawn;
  }

  #placeCode(block, isFinal) {
    const [token] = block.tokens;
    if (block.isContinued && this.#code) {
      const piece = el("code", { class: "piece", text: codeOf(token) });
      this.#code.pre.append(piece);
      return { node: piece, piece, codes: [] };
    }
    const code = drawCode(codeOf(token), languageOf(token));
    this.#currentPart(isFinal).append(code.node);
    this.#code = isFinal ? code : this.#code;
    return { ...code, codes: [code] };
  }

  #highlightContinued() {
    if (this.#continued?.type === "fence" && this.#code) {
      highlightLater(this.#code);
    }
  }

  #currentPart(isFinal) {
    if (this.#part === null || (isFinal && this.#partLength > partLength)) {
      this.#part = el("div", { class: "part" });
      this.#partLength = 0;
      this.element.append(this.#part);
    }
    return this.#part;
  }

  #drawWhole(text) {
    this.element.replaceChildren();
    this.#part = null;
    this.#continued = null;
    for (const block of parseWhole(text)) {
      const drawn = this.#place(block, true);
      drawn.codes.forEach(highlightLater);
      this.#partLength += drawn.node.textContent.length;
    }
  }
}

export function renderMarkdown(element, text) {
  const view = new MarkdownView(element);
  view.append(text);
  view.end();
}

// The offset of the last item or row of a block, or 0.
function findItem(block, text) {
  const types = { bullet_list: "list_item_open", ordered_list: "list_item_open", table: "tr_open" };
  const level = block.type === "table" ? 2 : 1;
  const items = block.tokens.filter((token) => token.type === types[block.type] && token.level === level);
  return items.length > 1 ? offsetOf(text, items.at(-1).map[0]) : 0;
}

function offsetOf(text, line) {
  let offset = 0;
  for (let i = 0; i < line; i++) {
    offset = text.indexOf("\n", offset) + 1;
  }
  return offset;
}

function isOpenFormula({ tokens }) {
  return tokens.some((token) => token.meta?.isOpen);
}

function isOpenFence(block, text) {
  if (block.type !== "fence") {
    return false;
  }
  const [token] = block.tokens;
  const last = text.split("\n")[block.end - 1]?.trim() ?? "";
  const isClosing = block.end - 1 > block.start && last.length >= token.markup.length && last === token.markup[0].repeat(last.length);
  return !isClosing;
}
