// Colors complete code with highlight.js while the browser is idle. Grammars that are not in its common bundle are loaded when needed.
import { el } from "./dom.js";

const maxLength = 30_000; // Characters. Longer code keeps one color.
const maxSpans = 8_000;
const folder = "../vendor/@highlightjs/cdn-assets/es/languages/";

// A file, and further names for its language. A test compares the list with the files.
const grammars =
  "apache apacheconf|armasm arm|awk|clojure clj|cmake|crystal cr|dart|delphi pascal|django jinja jinja2|dockerfile docker" +
  "|dos bat cmd batch|elixir ex|elm|erlang erl|fortran f90|fsharp f# fs|gradle|groovy|handlebars hbs|haskell hs|http https|julia jl" +
  "|latex tex|lisp|matlab|nginx nginxconf|nim|ocaml ml|powershell pwsh ps ps1|prolog|properties dotenv env|protobuf proto|scala" +
  "|scheme racket|shell console shell-session shellsession terminal|tcl|twig|verilog v systemverilog|vhdl|x86asm asm nasm assembly";

const files = new Map(
  grammars
    .split("|")
    .map((line) => line.split(" "))
    .flatMap(([file, ...names]) => [file, ...names].map((name) => [name, file])),
);

// Names that models use for languages of the common bundle.
const synonyms = {
  vue: "xml",
  svelte: "xml",
  "objective-c": "objectivec",
  mysql: "sql",
  postgresql: "sql",
  postgres: "sql",
  plsql: "sql",
  sqlite: "sql",
  node: "javascript",
  jsonl: "json",
};

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

/**
 * Loads the grammar of a language and returns its name in `library`, or null. The label of a fence can have more than the name, as in
 * `{.python}`, `rust,no_run` or `python3:main.py`.
 */
export async function findLanguage(library, label) {
  const name = /[a-z][\w+#-]{0,29}/.exec(label.toLowerCase())?.[0] ?? "";
  for (const candidate of [name, name.replace(/[\d.]+$/, "")]) {
    const file = files.get(candidate);
    const known = file ?? (Object.hasOwn(synonyms, candidate) ? synonyms[candidate] : candidate);
    if (file && !library.getLanguage(file)) {
      library.registerLanguage(file, (await import(`${folder}${file}.min.js`)).default);
    }
    if (library.getLanguage(known)) {
      return known;
    }
  }
  return null;
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
