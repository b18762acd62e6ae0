// Parses Markdown into tokens with markdown-it (CommonMark, tables, strikethrough, footnotes). Nothing here produces HTML.
import footnotes from "../vendor/markdown-it-footnote/index.mjs";
import MarkdownIt from "../vendor/markdown-it/dist/browser/markdown-it.esm.min.mjs";
import { addRules } from "./markdown-rules.js";

const streaming = create();
const complete = create().use(footnotes);

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
