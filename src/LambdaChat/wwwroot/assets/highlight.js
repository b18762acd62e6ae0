// Colors code with highlight.js, while the browser is idle and after the block is complete.
import { el } from "./dom.js";
import { findLanguage } from "./languages.js";

const maxLength = 30_000; // Characters. Longer code keeps one color.
const maxSpans = 8_000;
const queue = [];

let library = null;

/** Schedules a code block, as `drawCode` returns it. */
export function highlightLater({ pre, label }) {
  if (label.textContent !== "") {
    queue.push({ pre, label: label.textContent });
    if (queue.length === 1) {
      schedule();
    }
  }
}

function schedule() {
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(() => run({ timeRemaining: () => 5 }), 50));
  idle(work, { timeout: 2000 });
}

async function work(deadline) {
  try {
    library ??= await load();
  } catch {
    queue.length = 0; // Without the library the code stays as it is.
    return;
  }
  do {
    const [{ pre, label }] = queue;
    const language = await findLanguage(library, label).catch(() => null);
    queue.shift();
    if (pre.isConnected && language !== null) {
      highlight(pre, language);
    }
  } while (queue.length > 0 && deadline.timeRemaining() > 2);
  if (queue.length > 0) {
    schedule();
  }
}

async function load() {
  const { default: hljs } = await import("../vendor/@highlightjs/cdn-assets/es/highlight.min.js");
  hljs.configure({ __emitter: Emitter });
  return hljs;
}

function highlight(pre, language) {
  const text = pre.textContent;
  if (text.length > maxLength || pre.querySelector("span") !== null) {
    return;
  }
  const { root, spans } = library.highlight(text, { language, ignoreIllegals: true })._emitter;
  if (root.textContent === text && spans <= maxSpans) {
    pre.replaceChildren(el("code", { class: "piece" }, root));
  }
}

/** Builds elements from the events of highlight.js, instead of HTML. */
class Emitter {
  root = document.createDocumentFragment();
  spans = 0;
  #stack = [this.root];

  addText(text) {
    this.#stack.at(-1).append(text);
  }

  startScope(scope) {
    this.openNode(scope);
  }

  endScope() {
    this.closeNode();
  }

  openNode(scope) {
    const span = el("span", { class: `hljs-${scope.split(".")[0].replace(/[^\w-]/g, "")}` });
    this.spans++;
    this.#stack.at(-1).append(span);
    this.#stack.push(span);
  }

  closeNode() {
    if (this.#stack.length > 1) {
      this.#stack.pop();
    }
  }

  __addSublanguage(emitter) {
    this.spans += emitter.spans;
    this.#stack.at(-1).append(emitter.root);
  }

  finalize() {
    this.#stack.length = 1;
  }

  toHTML() {
    return "";
  }
}
