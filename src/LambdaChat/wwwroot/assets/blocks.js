// Markdown's blocks, by lines. Pure: text in, plain objects out. What stands in front of the last block does not change when more lines come, so
// that a reply can be drawn while it streams. Not known on purpose: HTML, references, indented code, underlined headings.

const deepest = 8;
const fencePattern = /^( {0,12})(`{3,}|~{3,})[ \t]*([^`\n]*)$/;
const headingPattern = /^ {0,3}(#{1,6})[ \t]+(.*)$/;
const rulePattern = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const quotePattern = /^ {0,3}> ?/;
const itemPattern = /^( {0,3})([-*+]|\d{1,9}[.)])(?:([ \t]+)(.*)|)$/;
const delimiterPattern = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/**
 * Parses a text into blocks: `{ type, start, end, … }` with offsets into the text. The types are code, math, heading, rule, quote, list, table and
 * paragraph. `carry` continues a code block or a table that was cut because it is long.
 */
export function parseBlocks(text, carry = null, depth = 0) {
  const lines = new Lines(text);
  const blocks = [];
  while (lines.hasMore) {
    if (carry === null && lines.current.trim() === "") {
      lines.next();
      continue;
    }
    const start = lines.offset;
    const block = carry ? continued(lines, carry) : parseBlock(lines, depth);
    carry = null;
    if (block !== null) {
      blocks.push({ ...block, start, end: lines.offset });
    }
  }
  return blocks;
}

class Lines {
  #lines;
  #index = 0;
  offset = 0;

  constructor(text) {
    this.#lines = text.split("\n");
    this.length = text.length;
    if (this.#lines.at(-1) === "") {
      this.#lines.pop();
    }
  }

  get hasMore() {
    return this.#index < this.#lines.length;
  }

  get current() {
    return this.#lines[this.#index];
  }

  get following() {
    return this.#lines[this.#index + 1];
  }

  next() {
    const line = this.#lines[this.#index++];
    this.offset = Math.min(this.offset + line.length + 1, this.length);
    return line;
  }
}

function parseBlock(lines, depth) {
  const line = lines.current;
  const fence = fencePattern.exec(line);
  if (fence) {
    lines.next();
    return code(lines, { fence: fence[2], indent: fence[1].length, language: fence[3].trim().split(/\s/)[0] });
  }
  if (/^ {0,3}(\$\$|\\\[)/.test(line)) {
    return math(lines);
  }
  const heading = headingPattern.exec(line);
  if (heading) {
    lines.next();
    return { type: "heading", level: heading[1].length, text: heading[2].replace(/[ \t]+#+[ \t]*$/, "").trim() };
  }
  if (rulePattern.test(line)) {
    lines.next();
    return { type: "rule" };
  }
  if (depth < deepest && quotePattern.test(line)) {
    return quote(lines, depth);
  }
  if (depth < deepest && itemPattern.test(line)) {
    return list(lines, depth);
  }
  return startsTable(lines) ? table(lines) : paragraph(lines);
}

function continued(lines, carry) {
  return carry.type === "code" ? { ...code(lines, carry), isContinued: true } : rows(lines, { ...carry, header: null });
}

function code(lines, { fence, indent, language }) {
  const text = [];
  let isClosed = false;
  while (lines.hasMore && !isClosed) {
    const line = lines.next();
    const trimmed = line.trim();
    isClosed = trimmed.length >= fence.length && trimmed === fence[0].repeat(trimmed.length);
    if (!isClosed) {
      text.push(line.slice(Math.min(indent, line.length - line.trimStart().length)));
    }
  }
  return { type: "code", fence, indent, language, isClosed, hasLines: text.length > 0, text: text.join("\n") };
}

// Up to its end mark, or up to an empty line.
function math(lines) {
  const end = lines.current.trim().startsWith("$$") ? "$$" : "\\]";
  const text = [];
  while (lines.hasMore && lines.current.trim() !== "") {
    text.push(lines.next());
    const whole = text.join("\n").trim();
    if (whole.length > 2 && whole.endsWith(end)) {
      break;
    }
  }
  return { type: "math", text: text.join("\n").trim() };
}

function quote(lines, depth) {
  const text = [];
  while (lines.hasMore && quotePattern.test(lines.current)) {
    text.push(lines.next().replace(quotePattern, ""));
  }
  return { type: "quote", blocks: parseBlocks(text.join("\n"), null, depth + 1) };
}

function list(lines, depth) {
  const first = itemPattern.exec(lines.current);
  const isOrdered = /\d/.test(first[2]);
  const items = [];
  while (lines.hasMore) {
    const match = itemPattern.exec(lines.current);
    if (!match || /\d/.test(match[2]) !== isOrdered || (items.length > 0 && rulePattern.test(lines.current))) {
      break;
    }
    const start = lines.offset;
    items.push({ start, ...item(lines, match, depth) });
  }
  return { type: "list", isOrdered, number: isOrdered ? Number.parseInt(first[2], 10) : null, items };
}

function item(lines, match, depth) {
  const indent = match[1].length + match[2].length + 1;
  const text = [match[4] ?? ""];
  lines.next();
  while (lines.hasMore && belongsToItem(lines, text.at(-1), match)) {
    const line = lines.next();
    text.push(line.slice(Math.min(indent, line.length - line.trimStart().length)));
  }
  const task = /^\[([ xX])\][ \t]+/.exec(text[0]);
  if (task) {
    text[0] = text[0].slice(task[0].length);
  }
  return { isDone: task ? task[1] !== " " : null, blocks: parseBlocks(text.join("\n"), null, depth + 1) };
}

// Indented lines do; empty ones where an indented one may follow; and the rest of a paragraph that was not indented.
function belongsToItem(lines, previous, match) {
  const line = lines.current;
  if (line.trim() === "") {
    return lines.following === undefined || lines.following.trim() === "" || indentation(lines.following) >= 2 + match[1].length;
  }
  return indentation(line) >= 2 + match[1].length || (previous.trim() !== "" && !itemPattern.test(line) && !startsBlock(lines));
}

function indentation(line) {
  return /^[ \t]*/.exec(line)[0].replaceAll("\t", "    ").length;
}

function startsTable(lines) {
  const { current, following } = lines;
  return current.includes("|") && following !== undefined && following.includes("-") && (following.includes("|") || following.includes(":"))
    && delimiterPattern.test(following) && cells(current).length === cells(following).length;
}

function table(lines) {
  const header = cells(lines.next());
  const alignments = cells(lines.next()).map((cell) => (cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : null));
  return rows(lines, { header, alignments });
}

function rows(lines, { header, alignments }) {
  const found = [];
  while (lines.hasMore && lines.current.includes("|") && lines.current.trim() !== "") {
    found.push({ start: lines.offset, cells: cells(lines.next()).slice(0, alignments.length) });
  }
  if (header === null && found.length === 0 && lines.hasMore) {
    return null; // What was carried on is over.
  }
  return { type: "table", header, alignments, rows: found };
}

function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll("\\|", "|").trim());
}

function paragraph(lines) {
  const text = [lines.next().trim()];
  while (lines.hasMore && lines.current.trim() !== "" && !startsBlock(lines)) {
    text.push(lines.next().trim());
  }
  return { type: "paragraph", text: text.join("\n") };
}

// What ends a paragraph. A number ends one only as the first of a list, so that a year at the start of a line does not.
function startsBlock(lines) {
  const line = lines.current;
  const match = itemPattern.exec(line);
  return fencePattern.test(line) || headingPattern.test(line) || rulePattern.test(line) || quotePattern.test(line)
    || /^ {0,3}(\$\$|\\\[)/.test(line) || startsTable(lines) || (match !== null && match[4] !== undefined && (!/\d/.test(match[2]) || Number.parseInt(match[2], 10) === 1));
}
