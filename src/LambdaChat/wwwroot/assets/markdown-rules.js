// Additions to markdown-it: formulas, emphasis beside Chinese, tables with "|" in cells, bare URLs, <br> and tags such as <sub>.
import { withCjkEmphasis } from "./markdown-emphasis.js";
import { mathBlock, mathInline, mathParagraph } from "./markdown-formulas.js";
import { withPipes } from "./markdown-tables.js";

const urlPattern = /:\/\/[^\s<>"'`，。；：！？、（）【】《》“”]{1,4000}/y;
const schemePattern = /(?:^|[^A-Za-z0-9])(https?)$/i;
const tagPattern = /<(sub|sup|kbd|mark|u)>([^<\n]{1,500})<\/\1>/y;
const breakPattern = /<br[ \t]{0,4}\/?>/iy;

/** A plug-in for markdown-it. */
export function addRules(parser) {
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
