// Creates elements from markdown-it's tokens. Every text becomes a text node, and only the elements named here are created.
import { copyButton, download, el, iconButton } from "./dom.js";
import { unescape } from "./markdown.js";
import { drawFormula } from "./math.js";
import { t } from "./texts.js";

const extensions = {
  python: "py", javascript: "js", typescript: "ts", bash: "sh", shell: "sh", csharp: "cs", "c#": "cs", "c++": "cpp", rust: "rs", ruby: "rb",
  kotlin: "kt", markdown: "md", text: "txt", plaintext: "txt", perl: "pl",
};

const taskPattern = /^\[([ xX])\][ \t]+/;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const address = /www\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}(?:\/[\w\-./?%&=#~+]{0,500}[\w/])?/;
const mailAddress = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/;
const addressPattern = new RegExp(`(?<![\\w.@/-])(?:${address.source}|${mailAddress.source})(?![\\w@])`, "gi");
const alignments = { "text-align:right": "right", "text-align:center": "center" }; // The classes of the cells.

/** Draws the tokens of one block. Returns `{ node, codes }`; `codes` are its code blocks, as `drawCode` returns them. */
export function drawBlock({ tokens }) {
  const builder = new Builder();
  tokens.forEach((token) => builder.add(token));
  return { node: builder.root.firstChild ?? el("p"), codes: builder.codes };
}

/** Draws a code block: `{ node, pre, piece, label }`. A long one has several pieces in its `pre`. */
export function drawCode(text, language) {
  const piece = el("code", { class: "piece", text });
  const pre = el("pre", { tabindex: "0" }, piece);
  const label = el("span", { text: language });
  const node = el("div", { class: "code" });
  const read = () => [...pre.children].map((code) => code.textContent).join("");
  const toggle = () => wrap.setAttribute("aria-pressed", String(node.classList.toggle("wrapped")));
  const wrap = iconButton("wrap", t("wrapCode"), toggle, { "aria-pressed": "false" });
  const save = iconButton("download", t("downloadCode"), () => download(`code.${extensionOf(label.textContent)}`, "text/plain", read()));
  const buttons = el("span", { class: "code-buttons" }, wrap, save, copyButton(t("copyCode"), read));
  node.append(el("div", { class: "code-head" }, label, buttons), pre);
  return { node, pre, piece, label };
}

/** The language of a fence, from its info string. */
export function languageOf(token) {
  return unescape(token.info.trim().split(/\s/)[0].slice(0, 40));
}

/** The text of a fence or an indented code block, without the last line end. */
export function codeOf(token) {
  return token.content.replace(/\n$/, "");
}

function safeUrl(text) {
  try {
    return ["http:", "https:", "mailto:"].includes(new URL(text).protocol) ? text : null;
  } catch {
    return null;
  }
}

class Builder {
  root = document.createDocumentFragment();
  codes = [];
  #stack = [this.root];

  add(token) {
    if (token.type === "inline") {
      this.#addInline(token.children);
    } else if (token.nesting > 0) {
      this.#open(token);
    } else if (token.nesting < 0) {
      const element = this.#stack.pop();
      setWidth(element);
      setDirection(element);
    } else {
      this.#append(this.#leaf(token));
    }
  }

  get #current() {
    return this.#stack.at(-1);
  }

  #append(node) {
    if (node !== null) {
      this.#current.append(node);
    }
  }

  // The content of an element that is not drawn goes to its parent.
  #open(token) {
    const element = token.hidden ? null : this.#element(token);
    this.#append(element);
    const isWrapped = token.type === "table_open" || token.type === "footnote_block_open";
    this.#stack.push(isWrapped ? element.firstChild : element ?? this.#current);
  }

  #element(token) {
    switch (token.type) {
      case "heading_open": return el(`h${Math.min(Number(token.tag[1]) + 2, 6)}`);
      case "ordered_list_open": return el("ol", { start: token.attrGet("start") });
      case "list_item_open": return el("li");
      case "table_open": return el("div", { class: "table", tabindex: "0" }, el("table"));
      case "th_open": case "td_open": return el(token.tag, { class: alignments[token.attrGet("style")] });
      case "link_open": return link(token);
      case "footnote_block_open": return el("section", { class: "footnotes" }, el("ol"));
      case "footnote_open": return el("li", { "data-footnote": token.meta.id + 1, tabindex: "-1" });
      case "paragraph_open": case "bullet_list_open": case "blockquote_open": case "thead_open": case "tbody_open": case "tr_open":
      case "em_open": case "strong_open": case "s_open": case "tag_open": return el(token.tag === "s" ? "del" : token.tag);
      default: return null;
    }
  }

  #leaf(token) {
    switch (token.type) {
      case "text": case "text_special": return this.#text(token.content);
      case "softbreak": return "\n";
      case "hardbreak": return el("br");
      case "code_inline": return el("code", { text: token.content });
      case "hr": return el("hr");
      case "fence": case "code_block": return this.#code(token);
      case "math_block": return token.meta.isOpen ? el("div", { class: "math", text: token.content }) : drawFormula("div", token);
      case "math_inline": return drawFormula("span", token);
      case "image": return image(token, this.#isInLink);
      case "footnote_ref": return footnoteReference(token.meta.id + 1);
      default: return null;
    }
  }

  get #isInLink() {
    return this.#stack.some((element) => element.localName === "a" || element.classList?.contains("dead-link"));
  }

  // GFM also links "www." addresses and email addresses.
  #text(content) {
    if (!content.includes("www.") && !content.includes("@") || this.#isInLink) {
      return content;
    }
    const parts = document.createDocumentFragment();
    let end = 0;
    for (const match of content.matchAll(addressPattern)) {
      const url = match[0].includes("@") ? `mailto:${match[0]}` : `https://${match[0]}`;
      parts.append(content.slice(end, match.index), anchor(url, null, match[0]));
      end = match.index + match[0].length;
    }
    parts.append(content.slice(end));
    return parts;
  }

  #code(token) {
    const drawn = drawCode(codeOf(token), languageOf(token));
    this.codes.push(drawn);
    return drawn.node;
  }

  #addInline(tokens) {
    const item = this.#current.localName === "li" ? this.#current : this.#current.parentNode;
    const task = item?.localName === "li" ? taskPattern.exec(tokens[0]?.content ?? "") : null;
    if (task && tokens[0].type === "text" && item.textContent === "") {
      const isDone = task[1] !== " ";
      item.className = "task";
      this.#append(el("input", { type: "checkbox", disabled: true, checked: isDone, "aria-label": t(isDone ? "done" : "open") }));
      tokens[0].content = tokens[0].content.slice(task[0].length);
    }
    tokens.forEach((token) => this.add(token));
  }
}

function link(token) {
  const href = token.attrGet("href") ?? "";
  const url = safeUrl(href);
  return url === null
    ? el("span", { class: "dead-link", title: href })
    : anchor(url, token.attrGet("title"), "");
}

function anchor(href, title, text, name = null) {
  return el("a", { href, title, class: name, rel: "noopener noreferrer nofollow", target: "_blank", text });
}

// Images become links, since a model could send data to another host with them.
function image(token, isInLink) {
  const source = token.attrGet("src") ?? "";
  const label = token.children.map((child) => child.content).join("") || source;
  const url = safeUrl(source);
  if (isInLink) {
    return label;
  }
  return url === null
    ? el("span", { class: "dead-link image", title: source, text: label })
    : anchor(url, token.attrGet("title"), label, "image-link");
}

function footnoteReference(number) {
  const show = (event) => {
    const note = event.target.closest(".markdown")?.querySelector(`[data-footnote="${number}"]`);
    note?.scrollIntoView({ block: "nearest" });
    note?.focus();
  };
  const properties = { type: "button", class: "footnote-ref", text: `[${number}]`, "aria-label": t("footnote", number), onclick: show };
  return el("sup", {}, el("button", properties));
}

// On a narrow screen a table would otherwise shrink its columns to single words.
function setWidth(element) {
  const length = element.localName === "td" || element.localName === "th" ? element.textContent.length : 0;
  if (length > 10) {
    element.classList.add(length > 40 ? "long" : "words");
  }
}

// Bullets, the line of a quote and columns are on the side where the text of a right-to-left script begins.
function setDirection(element) {
  if (["ul", "ol", "blockquote", "table"].includes(element.localName) && rightToLeft.test(element.textContent)) {
    element.setAttribute("dir", "auto");
  }
}

function extensionOf(language) {
  const name = language.toLowerCase();
  return Object.hasOwn(extensions, name) ? extensions[name] : /^[a-z0-9]{1,8}$/.test(name) ? name : "txt";
}
