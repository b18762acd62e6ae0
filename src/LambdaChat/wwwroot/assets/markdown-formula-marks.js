// Finds the marks of formulas in a text.

export const maxLength = 5000;

/** The opening marks of formulas that can have several lines, and their closing marks. */
export const closing = { "\\(": "\\)", "\\[": "\\]", $$: "$$" };

export const mathPattern = /[\\^_{}=]/;

const doubleDollar = /(?<!\$)\$\$(?!\$)/g;
const words = /[A-Za-z]{2,}\s+[A-Za-z]{2,}|\p{L}\p{Ll}{3}|(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Common}])\p{L}/u;
const endOfClause = /^(?:[),;:?、。，；：！？）」』】》”’]|\.(?!\d))/; // `]` begins an interval, and `!` a subfactorial.
const priceOrUrl = /^\d[\d.,]*[a-z/%]*(?:[.;]\s|[。，、；：！？])|(?<!\{)https?:\/\//i;
const codeOrMark = /`+|\\[^]|\$+/g;

/** The first opening mark of a line from an offset on, outside of code. */
export function findMark(state, line, from) {
  const text = state.src.slice(from, state.eMarks[line]);
  codeOrMark.lastIndex = 0;
  for (let match; (match = codeOrMark.exec(text)) !== null;) {
    const [mark] = match;
    if (mark[0] === "`") {
      codeOrMark.lastIndex = endOfCode(text, mark, codeOrMark.lastIndex);
    } else if (Object.hasOwn(closing, mark)) {
      return { mark, offset: from + match.index };
    }
  }
  return null;
}

function endOfCode(text, mark, from) {
  for (let index = text.indexOf(mark, from); index >= 0;) {
    let end = index + mark.length;
    while (text[end] === "`") {
      end++;
    }
    if (end - index === mark.length) {
      return end;
    }
    index = text.indexOf(mark, end);
  }
  return from;
}

// The next offset of a mark. `$$$` is not a mark: guides rate prices with it.
function indexOf(text, mark, from) {
  if (mark !== "$$") {
    return text.indexOf(mark, from);
  }
  doubleDollar.lastIndex = from;
  return doubleDollar.exec(text)?.index ?? -1;
}

/**
 * The next offset of a mark. It is kept, so that many marks without an end, or with a distant one, stay linear. A search may begin before
 * an earlier one: markdown-it reads the text of a link twice.
 */
export function nextOf(state, mark, from) {
  state.offsets ??= new Map();
  const known = state.offsets.get(mark);
  if (known && known.from <= from && (known.offset < 0 || known.offset >= from)) {
    return known.offset;
  }
  const offset = indexOf(state.src, mark, from);
  state.offsets.set(mark, { from, offset });
  return offset;
}

export function isDouble(text, offset) {
  return text[offset - 1] !== "$" && text[offset + 2] !== "$";
}

/** Words or the end of a clause between two price ratings, without anything that is mathematics. */
export function isProse(text) {
  return (endOfClause.test(text) || words.test(text)) && !mathPattern.test(text);
}

export function findClose(state, close, start) {
  const end = nextOf(state, close, start);
  return end + close.length <= state.posMax && end - start <= maxLength ? end : -1;
}

/** As in Pandoc: no space inside the dollars, no digit behind them. Also no letter or digit in front, so that prices stay text. */
export function findDollar(src, pos, posMax) {
  if (
    /[A-Za-z0-9$]/.test(src[pos - 1] ?? " ") ||
    /[\s$]|^$/.test(src[pos + 1] ?? "") ||
    /^\d[-–—~]\$\d/.test(src.slice(Math.max(0, pos - 2), pos + 2))
  ) {
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

// A number and a word between dollars, as in "$5 or 6$", without anything that is mathematics; the end of a clause behind a number; a URL.
function isPrice(text) {
  return (/^\d/.test(text) && /[\s(][a-z]{2,}\s/i.test(text) && !/[\\{}^_=]/.test(text)) || priceOrUrl.test(text);
}
