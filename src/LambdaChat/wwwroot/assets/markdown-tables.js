// Tables whose code or formulas contain `|`, which models do not escape.
//
// In GFM, each `|` without a backslash ends a cell, and a row loses its cells beyond those of the head. Here, a row that has too many keeps a `|` in
// its code and formulas. Rows with as many cells as the head are read as GFM says.

const delimiterPattern = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const codeOrFormula = /(?<!`)(`{1,4})(?!`)[^`\0]{1,1000}\1(?!`)|(?<![\\$])\$(?![\s$])[^$\0]{1,1000}(?<![\s\\])\$(?![\d$])|\\\([^\0]{1,1000}?\\\)/g;
const kept = "\0"; // Stands for a `|` while the row is divided. No text has this character.

/** The table rule of markdown-it with this addition. */
export function withPipes(table) {
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
  return row.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/).length;
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
