// The grammars of highlight.js that are not in its common bundle. Each is loaded with the first code that needs it.

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

/**
 * Returns the name under which `library` knows a language, and loads its grammar; null if there is none. The label of a fence can have more
 * than the name, as in `{.python}`, `rust,no_run` or `python3:main.py`.
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
