// Markdown's inline text as nodes. What a model says is hostile: it becomes text, or one of the elements that are created here, and nothing else.
import { el } from "./dom.js";

const deepest = 6;
const special = /[\\`*_~[!$<]|https?:\/\//g;
const linkPattern = /\[((?:[^[\]\\\n]|\\.|\[[^[\]\n]{0,200}\]){0,1000})\]\(\s{0,4}<?((?:[^\s()<>]|\([^\s()<>]{0,200}\)){0,4000})>?(?:\s{1,4}"[^"\n]{0,500}")?\s{0,4}\)/y;
const bareUrlPattern = /https?:\/\/[^\s<>"'`，。；：！？、（）【】《》“”]{1,4000}/y;
const angleUrlPattern = /<((?:https?:\/\/|mailto:)[^\s<>]{1,4000})>/y;
const punctuation = /[!-/:-@[-`{-~]/;
const wordCharacter = /[\p{L}\p{N}_]/u;

/** Nodes for a text. Line ends stay line ends; the style sheet shows them. */
export function inline(text, depth = 0, inLink = false) {
  return new InlineReader(text, depth, inLink).read();
}

/** A URL that may be linked to; null for every other. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

class InlineReader {
  #nodes = [];
  #plain = "";
  #unclosed = new Set(); // Marks that nothing closes from here on, so that a text full of them is read once.

  constructor(text, depth, inLink) {
    Object.assign(this, { text, depth, inLink, at: 0 });
  }

  read() {
    while (this.at < this.text.length) {
      special.lastIndex = this.at;
      const match = special.exec(this.text);
      const next = match ? match.index : this.text.length;
      this.#plain += this.text.slice(this.at, next);
      this.at = next;
      if (match && !this.#readSpecial(match[0])) {
        this.#plain += match[0];
        this.at += match[0].length;
      }
    }
    this.#flush();
    return this.#nodes;
  }

  #readSpecial(mark) {
    switch (mark) {
      case "\\": return this.#escape();
      case "`": return this.#code();
      case "*": case "_": case "~": return this.#emphasis(mark);
      case "[": return this.#link(this.at);
      case "!": return this.text[this.at + 1] === "[" && this.#link(this.at + 1);
      case "$": return this.#math();
      case "<": return this.#angleUrl();
      default: return this.#bareUrl();
    }
  }

  #escape() {
    const next = this.text[this.at + 1] ?? "";
    if (next === "(" || next === "[") {
      return this.#verbatim(`\\${next}`, next === "(" ? "\\)" : "\\]");
    }
    if (next === "" || !punctuation.test(next)) {
      return false;
    }
    this.#plain += next;
    this.at += 2;
    return true;
  }

  #code() {
    const run = /`+/y;
    run.lastIndex = this.at;
    const fence = run.exec(this.text)[0];
    const start = this.at + fence.length;
    let end = this.#unclosed.has(fence) ? -1 : this.text.indexOf(fence, start);
    while (end >= 0 && (this.text[end + fence.length] === "`" || this.text[end - 1] === "`")) {
      end = this.text.indexOf(fence, end + 1);
    }
    if (end < 0) {
      this.#unclosed.add(fence);
      this.#plain += fence;
      this.at = start;
      return true;
    }
    const inner = this.text.slice(start, end);
    this.#push(el("code", { text: /^ .*[^ ].* $/.test(inner) ? inner.slice(1, -1) : inner }), end + fence.length);
    return true;
  }

  #emphasis(mark) {
    const tags = mark === "~" ? [["~~", "del"]] : [[mark.repeat(3), "both"], [mark.repeat(2), "strong"], [mark, "em"]];
    for (const [fence, tag] of tags) {
      const end = this.text.startsWith(fence, this.at) ? this.#findClosing(fence) : -1;
      if (end >= 0 && this.depth < deepest) {
        const inner = inline(this.text.slice(this.at + fence.length, end), this.depth + 1, this.inLink);
        this.#push(tag === "both" ? el("strong", {}, el("em", {}, ...inner)) : el(tag, {}, ...inner), end + fence.length);
        return true;
      }
    }
    return false;
  }

  // The next fence that stands behind a character and, for underscores, in front of none.
  #findClosing(fence) {
    const start = this.at + fence.length;
    const isUnderscore = fence[0] === "_";
    if (this.#unclosed.has(fence) || /\s|^$/.test(this.text[start] ?? "") || (isUnderscore && wordCharacter.test(this.text[this.at - 1] ?? " "))) {
      return -1;
    }
    let end = this.text.indexOf(fence, start + 1);
    while (end >= 0) {
      const isPair = fence.length === 1 && this.text[end + 1] === fence;
      const isOpen = /\s/.test(this.text[end - 1]) || this.text[end - 1] === "\\" || (isUnderscore && wordCharacter.test(this.text[end + fence.length] ?? " "));
      if (!isPair && !isOpen) {
        return end;
      }
      end = this.text.indexOf(fence, end + (isPair ? 2 : 1));
    }
    this.#unclosed.add(fence);
    return -1;
  }

  // An image is a link as well: nothing is fetched from elsewhere.
  #link(start) {
    if (this.inLink) {
      return false;
    }
    linkPattern.lastIndex = start;
    const match = linkPattern.exec(this.text);
    const url = match && safeUrl(match[2]);
    if (!match) {
      return false;
    }
    const label = match[1] === "" ? [match[2]] : inline(match[1], this.depth + 1, true);
    this.#push(url ? anchor(url, label) : el("span", { class: "dead-link", title: match[2] }, ...label), start + match[0].length);
    return true;
  }

  #angleUrl() {
    angleUrlPattern.lastIndex = this.at;
    const match = angleUrlPattern.exec(this.text);
    const url = match && !this.inLink && safeUrl(match[1]);
    if (url) {
      this.#push(anchor(url, [match[1]]), this.at + match[0].length);
    }
    return Boolean(url);
  }

  #bareUrl() {
    bareUrlPattern.lastIndex = this.at;
    let found = bareUrlPattern.exec(this.text)?.[0].replace(/[.,;:!?*_~]+$/, "") ?? "";
    let extra = found.split(")").length - found.split("(").length;
    let end = found.length;
    while (extra-- > 0 && found[end - 1] === ")") {
      end--;
    }
    found = found.slice(0, end);
    const url = !this.inLink && safeUrl(found);
    if (url) {
      this.#push(anchor(url, [found]), this.at + found.length);
    }
    return Boolean(url);
  }

  #math() {
    if (this.text[this.at + 1] === "$") {
      return this.#verbatim("$$", "$$");
    }
    const match = /\$(?=[^\s$])[^$\n]{0,300}?[^\s$\\]\$(?!\d)|\$[^\s$\\]\$(?!\d)/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text)?.[0];
    if (found) {
      this.#push(el("span", { class: "math", text: found }), this.at + found.length);
    }
    return Boolean(found);
  }

  // Formulas keep every character: nothing here draws them, and emphasis would tear them up.
  #verbatim(open, close) {
    const end = this.#unclosed.has(close) ? -1 : this.text.indexOf(close, this.at + open.length);
    if (end < 0) {
      this.#unclosed.add(close);
      this.#plain += open;
      this.at += open.length;
      return true;
    }
    this.#push(el("span", { class: "math", text: this.text.slice(this.at, end + close.length) }), end + close.length);
    return true;
  }

  #push(node, next) {
    this.#flush();
    this.#nodes.push(node);
    this.at = next;
  }

  #flush() {
    if (this.#plain !== "") {
      this.#nodes.push(this.#plain);
      this.#plain = "";
    }
  }
}

function anchor(href, label) {
  return el("a", { href, rel: "noopener noreferrer nofollow", target: "_blank" }, ...label);
}
