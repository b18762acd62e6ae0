// Parses Markdown into tokens with markdown-it and these additions: footnotes, formulas, emphasis in Chinese text, tables with "|" in
// cells, bare URLs, <br> and tags such as <sub>.
import footnotes from "../vendor/markdown-it-footnote/index.mjs";
import MarkdownIt from "../vendor/markdown-it/dist/browser/markdown-it.esm.min.mjs";
import { mathBlock, mathInline, mathParagraph } from "./markdown-formulas.js";

const around = "\\s<>\"'`，。；：！？、（）【】《》〈〉〔〕「」『』“”‘’…"; // Not in a URL.
const letters = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}";
// A host can be followed by Chinese text without a space, so such letters belong to it only from the beginning of a label on.
const urlPattern = new RegExp(`://(?:[^${around}/?#${letters}]|(?<=[./])[${letters}]+){1,300}(?:[/?#][^${around}]{0,4000})?`, "uy");
const schemePattern = /(?:^|[^A-Za-z0-9])(https?)$/i;
const labelPattern = /\[\^[^\] \n]{1,100}\]/y;
const tagPattern = /<(sub|sup|kbd|mark|u)>([^<\n]{1,500})<\/\1>/y;
const breakPattern = /<br[ \t]{0,4}\/?>/iy;
const cjk = new RegExp(`[${letters}\\p{Script=Bopomofo}\\u3000-\\u303f\\ufe30-\\ufe4f\\uff00-\\uffef]`, "u");
const punctuation = /[\p{P}\p{S}]/u;
const delimiterPattern = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const codeOrFormula =
  /(?<!`)(`{1,4})(?!`)[^`\0]{1,1000}\1(?!`)|(?<![\\$])\$(?![\s$])[^$\0]{1,1000}(?<![\s\\])\$(?![\d$])|\\\([^\0]{1,1000}?\\\)/g;
const kept = "\0"; // Stands for a `|` while the row is divided. No text has this character.

const streaming = create();
const complete = create().use(footnotes).use(limitLabels);

/**
 * The tokens of the top-level blocks, without their inline content: `{ type, start, end, tokens }`, with line numbers. With `isOpen`, the
 * text goes on, and a formula at its end may have no closing mark yet.
 */
export function readBlocks(text, isOpen) {
  const tokens = [];
  streaming.block.parse(text, streaming, { isOpen }, tokens);
  return toBlocks(tokens);
}

/** Parses a part of a streamed text. `env` keeps link definitions between the parts, and may have `isOpen`. */
export function parsePart(text, env) {
  return toBlocks(streaming.parse(text, env));
}

/** Parses a complete text, with footnotes and with link definitions that follow their use. */
export function parseWhole(text) {
  return toBlocks(complete.parse(text, {}));
}

/** Resolves backslash escapes and character references. */
export const unescape = streaming.utils.unescapeAll;

function create() {
  const parser = new MarkdownIt({ html: false, linkify: false });
  parser.validateLink = () => true; // draw.js decides which addresses become links.
  return parser.use(addRules);
}

function toBlocks(tokens) {
  const blocks = [];
  let first = 0;
  let depth = 0;
  tokens.forEach((token, i) => {
    depth += token.nesting;
    if (depth === 0) {
      const { type, map } = tokens[first];
      blocks.push({ type: type.replace(/_open$/, ""), start: map?.[0] ?? 0, end: map?.[1] ?? 0, tokens: tokens.slice(first, i + 1) });
      first = i + 1;
    }
  });
  return blocks;
}

// A plug-in for markdown-it.
function addRules(parser) {
  const [table] = parser.block.ruler.getRules("");
  parser.block.ruler.at("table", withPipes(table), { alt: ["paragraph", "reference"] });
  parser.block.ruler.before("fence", "math_block", mathBlock, { alt: ["paragraph", "reference", "blockquote", "list"] });
  parser.block.ruler.before("lheading", "math_paragraph", mathParagraph);
  parser.inline.ruler.before("escape", "math_inline", mathInline);
  parser.inline.ruler.before("autolink", "line_break", lineBreak);
  parser.inline.ruler.before("autolink", "tag", tag);
  parser.inline.ruler.before("linkify", "bare_url", bareUrl);
  parser.inline.State = withCjkEmphasis(parser.inline.State);
}

// A plug-in that limits the labels of footnotes, so that many without an end take linear time. It removes `^[…]`, of which many do not.
function limitLabels(parser) {
  parser.inline.ruler.disable("footnote_inline");
  const footnote = parser.inline.ruler.getRules("").find((rule) => rule.name === "footnote_ref");
  parser.inline.ruler.at("footnote_ref", (state, silent) => {
    labelPattern.lastIndex = state.pos;
    return labelPattern.test(state.src) && footnote(state, silent);
  });
}

// A pair of tags without attributes and without other tags in it.
function tag(state, silent) {
  tagPattern.lastIndex = state.pos;
  const match = tagPattern.exec(state.src);
  if (match === null || tagPattern.lastIndex > state.posMax) {
    return false;
  }
  const end = tagPattern.lastIndex;
  if (!silent) {
    const { posMax } = state;
    const [, name, content] = match;
    state.pos += name.length + 2;
    state.posMax = state.pos + content.length;
    state.push("tag_open", name, 1);
    state.md.inline.tokenize(state);
    state.push("tag_close", name, -1);
    state.posMax = posMax;
  }
  state.pos = end;
  return true;
}

function lineBreak(state, silent) {
  breakPattern.lastIndex = state.pos;
  const match = breakPattern.exec(state.src);
  if (match === null) {
    return false;
  }
  if (!silent) {
    state.push("hardbreak", "br", 0);
  }
  state.pos += match[0].length;
  return true;
}

// The text rule of markdown-it stops at ":", so the scheme is already in `pending`.
function bareUrl(state, silent) {
  if (state.linkLevel > 0 || state.src.charCodeAt(state.pos) !== 0x3a) {
    return false;
  }
  const scheme = schemePattern.exec(state.pending.slice(-8))?.[1];
  urlPattern.lastIndex = state.pos;
  const rest = scheme && urlPattern.exec(state.src)?.[0];
  if (!rest) {
    return false;
  }
  const url = scheme + trimUrl(rest);
  if (!URL.canParse(url)) {
    return false;
  }
  if (!silent) {
    state.pending = state.pending.slice(0, -scheme.length);
    state.push("link_open", "a", 1).attrs = [["href", url]];
    state.push("text", "", 0).content = url;
    state.push("link_close", "a", -1);
  }
  state.pos += url.length - scheme.length;
  return true;
}

// As in GFM: without trailing punctuation, and closing parentheses without an opening one.
function trimUrl(text) {
  let end = text.length;
  let open = text.split("(").length - text.split(")").length;
  for (; end > 0; end--) {
    if (text[end - 1] === ")" && open < 0) {
      open++;
    } else if (!/[.,;:!?*_~]/.test(text[end - 1])) {
      break;
    }
  }
  return text.slice(0, end);
}

// Emphasis in Chinese, Japanese and Korean, which have no spaces. In CommonMark, `**“text”**` is bold only between spaces or punctuation,
// and `**Note：**` only before a space. Here, a character of these scripts next to the mark has the effect of a space, and their own
// punctuation that of a letter.
function withCjkEmphasis(State) {
  return class extends State {
    scanDelims(start, canSplitWord) {
      const result = super.scanDelims(start, canSplitWord);
      const before = kindOf(this.src.slice(Math.max(0, start - 2), start), -1);
      const after = kindOf(this.src.slice(start + result.length, Math.min(this.posMax, start + result.length + 2)), 0);
      if (canSplitWord && result.length > 1 && (before === "cjk" || after === "cjk")) {
        // A single `*` may be a multiplication.
        result.can_open = after !== "space" && (after !== "punctuation" || before !== "letter");
        result.can_close = before !== "space" && (before !== "punctuation" || after !== "letter");
      }
      return result;
    }
  };
}

// The kind of the first or last character.
function kindOf(text, index) {
  const character = [...text].at(index);
  return character === undefined || /\s/.test(character)
    ? "space"
    : cjk.test(character)
      ? "cjk"
      : punctuation.test(character)
        ? "punctuation"
        : "letter";
}

// Tables whose code or formulas contain `|`, which models do not escape. In GFM, each one ends a cell, and a row loses its cells beyond
// those of the head. Here, a row that has too many keeps a `|` in its code and formulas.
function withPipes(table) {
  return (state, startLine, endLine, silent) => {
    const columns = startLine + 1 >= endLine ? 0 : columnsOf(lineOf(state, startLine + 1).trim());
    if (columns === 0) {
      return table(state, startLine, endLine, silent);
    }
    const { src } = state;
    const first = state.tokens.length;
    state.src = mask(state, startLine, silent ? startLine + 1 : endLine, columns);
    const isTable = table(state, startLine, endLine, silent);
    state.src = src;
    state.tokens.slice(first).forEach((token) => (token.content = token.content.replaceAll(kept, "|")));
    return isTable;
  };
}

function columnsOf(line) {
  return line.includes("-") && delimiterPattern.test(line) ? countCells(line) : 0;
}

function countCells(row) {
  return row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "")
    .split(/(?<!\\)\|/).length;
}

function mask(state, startLine, endLine, columns) {
  let { src } = state;
  for (let line = startLine; line < endLine && !state.isEmpty(line); line++) {
    const row = lineOf(state, line);
    if (countCells(row) > columns) {
      const masked = row.replace(codeOrFormula, (part) => part.replace(/(?<!\\)\|/g, kept));
      src = src.slice(0, state.eMarks[line] - row.length) + masked + src.slice(state.eMarks[line]);
    }
  }
  return src;
}

function lineOf(state, line) {
  return state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);
}
