// Formulas: `$…$` and `\(…\)` in a line of text, `$$…$$`, `\[…\]`, and environments such as `\begin{align}…\end{align}`.
//
// Only the lines of `$…$` must not look like other blocks: as on GitHub, `$a` and `- b$` on the next line are a paragraph and a list. Only
// environments, `\[…\]` and `$$…$$` can have empty lines; `$$` only if its first line ends with it or has a mathematical character. A
// heading or a fence ends the search for the closing mark. While the text streams, the lines after an opening mark show their source.
import { closing, findClose, findDollar, findMark, isDouble, isProse, mathPattern, maxLength, nextOf } from "./markdown-formula-marks.js";

const maxLines = 100;
const environment = /^\\begin\{(?:align|equation|gather|multline)[a-z]{0,2}\*?\}/;
const otherBlock = /^(?:```|~~~|#{1,6}[ \t])/;

/** A formula from the start of a line to the end of one. */
export function mathBlock(state, startLine, endLine, silent) {
  if (state.sCount[startLine] - state.blkIndent >= 4) {
    return false;
  }
  const begin = startOf(state, startLine);
  const name = environment.exec(state.src.slice(begin, begin + 22))?.[0];
  const mark = name ?? state.src.slice(begin, begin + 2);
  if (!name && (mark !== "$$" || !isDouble(state.src, begin)) && mark !== "\\[") {
    return false;
  }
  const end = findEnd(state, mark, begin, startLine, endLine);
  const isClosed = end.line !== null;
  const last = end.offset + endOf(mark).length;
  if (end.offset < 0 || (isClosed && (isEmpty(state, begin + 2, end.offset) || !isEmpty(state, last, state.eMarks[end.line])))) {
    return false; // If text follows the formula, it is inline.
  }
  if (!silent) {
    const next = isClosed ? end.line + 1 : endLine;
    const source = state.getLines(startLine, next, state.blkIndent, false).trim();
    const token = state.push("math_block", "", 0);
    Object.assign(token, {
      block: true,
      map: [startLine, next],
      content: isClosed && !name ? source.slice(2, -2).trim() : source,
      meta: { source, isOpen: !isClosed },
    });
    state.line = next;
  }
  return true;
}

/** A paragraph with formulas of several lines, which do not begin other blocks. */
export function mathParagraph(state, startLine, endLine) {
  const marks = Object.keys(closing)
    .map((mark) => nextOf(state, mark, startOf(state, startLine)))
    .filter((offset) => offset >= 0);
  if (marks.length === 0 || Math.min(...marks) > offsetOfEmptyLine(state, startLine, endLine)) {
    return false;
  }
  const { parentType } = state;
  state.parentType = "paragraph";
  const { next, isNeeded, isOpen } = readParagraph(state, startLine, endLine);
  state.parentType = parentType;
  if (isNeeded) {
    state.line = next;
    Object.assign(state.push("paragraph_open", "p", 1), { map: [startLine, next], meta: { isOpen } });
    Object.assign(state.push("inline", "", 0), {
      content: state.getLines(startLine, next, state.blkIndent, false).trim(),
      map: [startLine, next],
      children: [],
    });
    state.push("paragraph_close", "p", -1);
  }
  return isNeeded;
}

/** A formula in a line of text. */
export function mathInline(state, silent) {
  const { src, pos, posMax } = state;
  const open =
    src[pos] === "$"
      ? src[pos + 1] === "$"
        ? "$$"
        : "$"
      : src[pos] === "\\" && "([".includes(src[pos + 1] ?? " ")
        ? src.slice(pos, pos + 2)
        : null;
  if (open === null) {
    return false;
  }
  const close = closing[open] ?? "$";
  const start = pos + open.length;
  const end = open === "$" ? findDollar(src, pos, posMax) : open === "$$" && !isDouble(src, pos) ? -1 : findClose(state, close, start);
  if (end < 0 || src.slice(start, end).trim() === "" || (open === "$$" && isProse(src.slice(start, end)))) {
    return end < 0 && open[0] === "\\" && state.env.isOpen === true && addMark(state, open, silent);
  }
  if (!silent) {
    const token = state.push("math_inline", "", 0);
    Object.assign(token, {
      info: open === "$$" || open === "\\[" ? "display" : "",
      content: src.slice(start, end).trim(),
      meta: { source: src.slice(pos, end + close.length) },
    });
  }
  state.pos = end + close.length;
  return true;
}

// Where the formula that begins with a mark ends: `{ offset, line }` of its closing mark; the offset is -1 without one. The line is null if
// the text streams and the mark may follow.
function findEnd(state, mark, begin, startLine, endLine) {
  const none = { offset: -1, line: null };
  const close = endOf(mark);
  const offset = nextOf(state, close, begin + 2);
  const mayStream = state.env.isOpen === true && state.eMarks[endLine - 1] >= state.src.length - 1;
  if ((offset < 0 || offset - begin > maxLength) && !mayStream) {
    return none;
  }
  const rest = state.src.slice(begin + 2, state.eMarks[startLine]).trim();
  const hasEmptyLines = /[[b]/.test(mark) || (mark === "$$" && (rest === "" || mathPattern.test(rest)));
  for (let line = startLine; line < Math.min(endLine, startLine + maxLines); line++) {
    if (offset >= 0 && offset + close.length <= state.eMarks[line]) {
      return offset - begin <= maxLength ? { offset, line } : none;
    }
    const isEnded = line + 1 < endLine && (state.isEmpty(line + 1) ? !hasEmptyLines : beginsOther(state, line + 1));
    if (isEnded || state.eMarks[line] - begin > maxLength) {
      return none;
    }
  }
  return mayStream && endLine - startLine <= maxLines ? { offset: begin, line: null } : none;
}

function endOf(mark) {
  return closing[mark] ?? mark.replace("begin", "end");
}

function beginsOther(state, line) {
  const start = startOf(state, line);
  return state.sCount[line] < state.blkIndent || otherBlock.test(state.src.slice(start, start + 8));
}

// The line after a paragraph, as markdown-it's own rule finds it, but without a break inside a formula.
function readParagraph(state, startLine, endLine) {
  const rules = state.md.block.ruler.getRules("paragraph");
  let isNeeded = false;
  let line = startLine;
  let from = startOf(state, line);
  for (;;) {
    const found = findMark(state, line, from);
    const end = found && findEnd(state, found.mark, found.offset, line, endLine);
    if (
      found &&
      (end.offset < 0 || (end.line > line && found.mark === "$$" && !mathPattern.test(state.src.slice(found.offset + 2, end.offset))))
    ) {
      from = found.offset + 2;
    } else if (found && end.line === null) {
      return { next: endLine, isNeeded: endLine > line + 1, isOpen: true };
    } else if (found) {
      isNeeded ||= end.line > line;
      line = end.line;
      from = end.offset + 2;
    } else if (line + 1 >= endLine || state.isEmpty(line + 1) || isTerminated(state, rules, line + 1, endLine)) {
      return { next: line + 1, isNeeded, isOpen: false };
    } else {
      line++;
      from = startOf(state, line);
    }
  }
}

function isTerminated(state, rules, line, endLine) {
  const isLazy = state.sCount[line] - state.blkIndent > 3 || state.sCount[line] < 0;
  return !isLazy && rules.some((rule) => rule(state, line, endLine, true));
}

function isEmpty(state, start, end) {
  return state.src.slice(start, end).trim() === "";
}

function startOf(state, line) {
  return state.bMarks[line] + state.tShift[line];
}

function offsetOfEmptyLine(state, line, endLine) {
  while (line < endLine && !state.isEmpty(line)) {
    line++;
  }
  return state.eMarks[line - 1];
}

// Shows the mark of a formula whose end has not arrived.
function addMark(state, open, silent) {
  if (!silent) {
    state.env.hasOpenMark = true;
    state.pending += open;
  }
  state.pos += open.length;
  return true;
}
