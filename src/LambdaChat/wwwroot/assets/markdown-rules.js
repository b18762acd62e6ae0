// Additions to markdown-it: formulas, bare URLs and <br>.

const maxFormulaLength = 5000; // Characters.
const urlPattern = /:\/\/[^\s<>"'`，。；：！？、（）【】《》“”]{1,4000}/y;
const schemePattern = /(?:^|[^A-Za-z0-9])(https?)$/i;
const breakPattern = /<br[ \t]{0,4}\/?>/iy;

/** A plug-in for markdown-it. */
export function addRules(parser) {
  parser.block.ruler.before("fence", "math_block", mathBlock, { alt: ["paragraph", "reference", "blockquote", "list"] });
  parser.inline.ruler.before("escape", "math_inline", mathInline);
  parser.inline.ruler.before("autolink", "line_break", lineBreak);
  parser.inline.ruler.before("linkify", "bare_url", bareUrl);
}

// `$$ … $$` or `\[ … \]` from the start of a line to the end of one, without an empty line.
function mathBlock(state, startLine, endLine, silent) {
  if (state.sCount[startLine] - state.blkIndent >= 4) {
    return false;
  }
  const begin = state.bMarks[startLine] + state.tShift[startLine];
  const open = state.src.slice(begin, begin + 2);
  if (open !== "$$" && open !== "\\[") {
    return false;
  }
  const close = open === "$$" ? "$$" : "\\]";
  let line = startLine;
  let isClosed = false;
  for (; line < endLine && !isClosed; line++) {
    const start = state.bMarks[line] + state.tShift[line];
    const text = state.src.slice(line === startLine ? start + 2 : start, state.eMarks[line]).trimEnd();
    if (line > startLine && (text === "" || state.sCount[line] < state.blkIndent)) {
      break;
    }
    const index = text.indexOf(close);
    isClosed = index >= 0 && index === text.length - 2;
    if (index >= 0 && !isClosed) {
      return false; // Text follows the formula: it is inline.
    }
  }
  const isMarkAlone = state.src.slice(begin + 2, state.eMarks[startLine]).trim() === "";
  if (!isClosed && (!state.env.isOpen || line < endLine || !isMarkAlone)) {
    return false; // Without its end it is a formula only while it streams.
  }
  if (!silent) {
    const source = state.getLines(startLine, line, state.blkIndent, false).trim();
    const token = state.push("math_block", "", 0);
    Object.assign(token, { block: true, map: [startLine, line], info: isClosed ? "closed" : "", content: isClosed ? source.slice(2, -2).trim() : source, meta: { source } });
  }
  state.line = line;
  return true;
}

function mathInline(state, silent) {
  const { src, pos, posMax } = state;
  const open = src[pos] === "$" ? (src[pos + 1] === "$" ? "$$" : "$") : src[pos] === "\\" && "([".includes(src[pos + 1] ?? " ") ? src.slice(pos, pos + 2) : null;
  if (open === null) {
    return false;
  }
  const close = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" }[open];
  const start = pos + open.length;
  const end = open === "$" ? findDollar(src, pos, posMax) : findClose(state, close, start);
  if (end < 0 || src.slice(start, end).trim() === "") {
    return false;
  }
  if (!silent) {
    const token = state.push("math_inline", "", 0);
    Object.assign(token, { info: open === "$$" || open === "\\[" ? "display" : "", content: src.slice(start, end).trim(), meta: { source: src.slice(pos, end + close.length) } });
  }
  state.pos = end + close.length;
  return true;
}

// The search for a mark that does not occur again is not repeated, so that a text full of open marks stays linear.
function findClose(state, close, start) {
  state.missingMarks ??= new Set();
  const end = state.missingMarks.has(close) ? -1 : state.src.indexOf(close, start);
  if (end < 0) {
    state.missingMarks.add(close);
  }
  return end + close.length <= state.posMax && end - start <= maxFormulaLength ? end : -1;
}

// As in Pandoc: no space inside the dollars, no digit behind them. Also no letter or digit in front, so that prices stay text.
function findDollar(src, pos, posMax) {
  if (/[A-Za-z0-9$]/.test(src[pos - 1] ?? " ") || /[\s$]|^$/.test(src[pos + 1] ?? "") || /^\d[-–—~]\$\d/.test(src.slice(Math.max(0, pos - 2), pos + 2))) {
    return -1;
  }
  const last = Math.min(posMax, pos + 1000);
  for (let i = pos + 1; i < last; i++) {
    const character = src[i];
    if (character === "\\") {
      i++;
    } else if (character === "$") {
      return /\s/.test(src[i - 1]) || /[0-9$]/.test(src[i + 1] ?? " ") || isPrice(src.slice(pos + 1, i)) ? -1 : i;
    } else if (character === "\n" && src[i + 1] === "\n") {
      return -1;
    }
  }
  return -1;
}

// A number and a word between dollars, as in "$5 or 6$", without anything that is mathematics.
function isPrice(text) {
  return /^\d/.test(text) && /\s[a-z]{2,}\s/i.test(text) && !/[\\{}^_=]/.test(text);
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

// As in GFM: trailing punctuation and closing parentheses without an opening one are not part of the URL.
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
