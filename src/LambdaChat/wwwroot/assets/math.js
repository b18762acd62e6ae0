// Draws formulas as MathML. Temml parses the LaTeX; only the elements and attributes named here are created.
import { copyButton, el } from "./dom.js";
import { t } from "./texts.js";

const namespace = "http://www.w3.org/1998/Math/MathML";
const maxLength = 5000; // Characters of source.
const maxNodes = 5000;
const maxDepth = 100;
const cacheSize = 500; // Formulas.
const elements = new Set(
  (
    "math,semantics,annotation,mrow,mi,mn,mo,ms,mtext,mspace,mfrac,msqrt,mroot,mstyle,mpadded,mphantom,merror,msub,msup,msubsup," +
    "munder,mover,munderover,mmultiscripts,mprescripts,mtable,mtr,mtd,menclose"
  ).split(","),
);
const attributes = new Set(
  (
    "display,encoding,mathvariant,stretchy,fence,form,symmetric,separator,minsize,maxsize,lspace,rspace,largeop,movablelimits,accent," +
    "accentunder,linethickness,displaystyle,scriptlevel,width,height,depth,voffset,rowspan,columnspan,columnalign,rowspacing," +
    "columnspacing,notation,mathcolor,mathbackground"
  ).split(","),
);
const longFormula = 30; // Characters of a formula in a text that may be wider than a phone.
const classPattern = /^(?:tml-[a-z0-9-]+|mathcal|mathscr|menclose|upstrike|downstrike|sout)$/;

let temml = null;
let loading = null;
const cache = new Map();

/** The element of a formula token. Without the library, and if the formula is invalid, it shows the source. */
export function drawFormula(tag, { content, info, meta: { source } }) {
  const isDisplay = tag === "div" || info === "display";
  const holder = el(tag, {
    class: isDisplay ? "math display" : content.length > longFormula ? "math long" : "math",
    "data-source": source,
    text: source,
  });
  if (temml !== null) {
    replace(holder, content, isDisplay);
  } else {
    loading ??= import("../vendor/temml/dist/temml.mjs").then((module) => (temml = module.default));
    loading.then(
      () => replace(holder, content, isDisplay),
      () => (loading = null),
    ); // If it cannot be loaded, the source stays.
  }
  return holder;
}

function replace(holder, source, isDisplay) {
  const math = toMath(source, isDisplay);
  if (math === null) {
    holder.classList.add("invalid");
    return;
  }
  holder.replaceChildren(math.cloneNode(true));
  if (isDisplay) {
    holder.append(copyButton(t("copyFormula"), () => holder.dataset.source));
  }
}

// A streamed block is drawn many times, so drawn formulas are cached.
function toMath(source, isDisplay) {
  const key = `${isDisplay} ${source}`;
  if (!cache.has(key)) {
    if (cache.size >= cacheSize) {
      cache.delete(cache.keys().next().value);
    }
    cache.set(key, parse(source, isDisplay));
  }
  return cache.get(key);
}

function parse(source, displayMode) {
  if (source.length > maxLength) {
    return null;
  }
  try {
    const tree = temml.__renderToMathMLTree(toTemml(source, displayMode), {
      displayMode,
      annotate: true,
      throwOnError: true,
      trust: false,
      strict: false,
      maxExpand: 200,
      maxSize: [50, 500],
      macros: { "\\mbox": "\\text" },
    });
    return toElement(tree, { left: maxNodes }, 0);
  } catch {
    return null;
  }
}

// Models leave out what LaTeX needs: the environment of several lines, and the backslash of a percent sign, which begins a comment.
function toTemml(source, isDisplay) {
  const text = source.replace(/\n\s*\n/g, "\n").replace(/(?<=\d)%/g, "\\%");
  const name = text.includes("&") ? "align*" : "gather*";
  return isDisplay && /^(?!.*\\begin).*\\\\/s.test(text) ? `\\begin{${name}}${text}\\end{${name}}` : text;
}

function toElement(node, budget, depth) {
  if (budget.left-- <= 0 || depth > maxDepth) {
    throw new RangeError("The formula is too large.");
  }
  if (typeof node.text === "string" && node.children === undefined) {
    return document.createTextNode(node.text);
  }
  const element = elements.has(node.type) ? document.createElementNS(namespace, node.type) : document.createDocumentFragment();
  if (element.setAttribute) {
    setAttributes(element, node);
  }
  for (const child of node.children ?? []) {
    element.append(toElement(child, budget, depth + 1));
  }
  return element;
}

function setAttributes(element, node) {
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    if (attributes.has(name) && /^[\w#.,%+ -]{1,60}$|^application\/x-tex$/.test(value)) {
      element.setAttribute(name, value);
    }
  }
  const classes = [...(node.classes ?? []).filter((name) => classPattern.test(name)), ...classesOf(node.style ?? {})];
  if (classes.length > 0) {
    element.setAttribute("class", classes.join(" "));
  }
  if (/^#[0-9a-f]{3,8}$/i.test(node.style?.color ?? "")) {
    element.setAttribute("mathcolor", node.style.color);
  }
}

// The page's policy forbids inline styles. The ones that Temml needs are classes of chat.css.
function classesOf(style) {
  return [
    style.paddingLeft === "0em" && "no-left",
    style.paddingRight === "0em" && "no-right",
    style.paddingLeft === "1em" && "gap-left",
    style.width === "100%" && "full",
    style.width === "50%" && "half",
    style.border && "boxed",
    ...["Top", "Right", "Bottom", "Left"].map((side) => lineOf(style[`border${side}`], side.toLowerCase())),
  ].filter(Boolean);
}

// A line of an array, such as one of \hline.
function lineOf(border, side) {
  return border && `line-${side}${border.includes("dashed") ? " dashed" : ""}`;
}

/** A listener for "copy": copies the source of formulas instead of their symbols. */
export function copySources(event) {
  const selection = getSelection();
  if (selection.rangeCount === 0) {
    return;
  }
  const range = selection.getRangeAt(0);
  const enclosing = range.commonAncestorContainer.parentElement?.closest(".math[data-source]");
  const copied = enclosing ? el("p", { text: enclosing.dataset.source }) : el("div", {}, range.cloneContents());
  const formulas = [...copied.querySelectorAll(".math[data-source]")];
  if (!enclosing && formulas.length === 0) {
    return;
  }
  formulas.forEach((formula) => formula.replaceChildren(formula.dataset.source));
  copied.querySelectorAll("button").forEach((button) => button.remove());
  const place = el("div", { class: "copied" }, copied);
  document.body.append(place);
  event.clipboardData.setData("text/plain", place.innerText.trim());
  event.clipboardData.setData("text/html", copied.innerHTML); // Keeps tables and bold text for other programs.
  place.remove();
  event.preventDefault();
}
