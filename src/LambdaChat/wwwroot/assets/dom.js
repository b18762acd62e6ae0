// Builds elements from names and text, and reads keys. The page never parses HTML.

// The page's worker scripts. Its policy allows no other ones.
const workers = { offline: "sw.js", pdf: "vendor/pdfjs-dist/legacy/build/pdf.worker.min.mjs" };
const policy = window.trustedTypes?.createPolicy("workers", { createScriptURL: (name) => workers[name] });

/** @param name `offline` or `pdf`. */
export function workerAddress(name) {
  return policy ? policy.createScriptURL(name) : workers[name];
}

/**
 * Creates an element. Properties named "on…" become listeners, "text" sets the text content, and null, undefined and false are omitted.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if ((value ?? false) === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name === "text") {
      element.textContent = value;
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => (child ?? false) !== false));
  return element;
}

const paths = {
  menu: "M4 6h16M4 12h16M4 18h16",
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M6 6h12v12H6z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 13l4 4L19 7",
  again: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  settings: "M4 8h10M18 8h2M4 16h2M10 16h10M14 6v4h4V6zM6 14v4h4v-4z",
  clip: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7L9.3 17a1.6 1.6 0 0 1-2.3-2.3L14.5 7.5",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  previous: "M14 6l-6 6 6 6",
  next: "M10 6l6 6-6 6",
  choose: "M7 10l5 5 5-5",
  side: "M4 5h16v14H4zM10 5v14",
  close: "M6 6l12 12M18 6L6 18",
  info: "M12 21a9 9 0 1 0 0-18a9 9 0 0 0 0 18M12 11v5M12 8h.01",
  down: "M12 5v14M6 13l6 6 6-6",
  wrap: "M4 6h16M4 12h13a3 3 0 0 1 0 6h-4M15 15l-2.5 3 2.5 3M4 18h4",
  download: "M12 4v11M7 10l5 5 5-5M5 20h14",
};

/** A 24 × 24 line icon. The surrounding button has the label. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, text, onclick, properties = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": text, title: text, onclick, ...properties }, icon(name));
}

/** A button that copies the result of `read`. Its event `copied` says whether it could. */
export function copyButton(text, read) {
  const button = iconButton("copy", text, async () => {
    const isCopied = await copyText(read());
    button.dispatchEvent(new CustomEvent("copied", { bubbles: true, detail: isCopied }));
    if (isCopied) {
      button.replaceChildren(icon("check"));
      setTimeout(() => button.replaceChildren(icon("copy")), 1500);
    }
  });
  button.classList.add("copy");
  return button;
}

// Without HTTPS the page has no clipboard API, and with it the browser may refuse it.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // As below.
  }
  const { activeElement } = document;
  const input = el("textarea", { class: "visually-hidden" });
  input.value = text;
  inFront(input);
  input.select();
  const isCopied = document.execCommand("copy");
  input.remove();
  activeElement.focus();
  return isCopied;
}

/** Puts an element into the dialog that is in front, or into the page. */
export function inFront(element) {
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(element);
}

/** Makes an input as high as its text, up to `most` pixels. */
export function fit(input, most) {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight + input.offsetHeight - input.clientHeight, most)}px`;
}

/** A random id. Without HTTPS the page has no `crypto.randomUUID`. */
export function newId() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** True for keys of an input method. In Safari, the Enter that ends a composition follows its end, with key code 229. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** On a touch screen, the focus of a text opens the keyboard. */
export function isTouch() {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

/** True for the key that sends a text. On a touch screen, Enter begins a line, because no other key does. */
export function isSend({ key, shiftKey, ctrlKey, metaKey }) {
  return key === "Enter" && !shiftKey && (ctrlKey || metaKey || !isTouch());
}

/** The keyboard shortcuts, except for those of the message box. */
export function addShortcuts({ search, newChat, escape }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || document.querySelector("dialog[open]")) {
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      const run = { k: !event.shiftKey && search, o: event.shiftKey && newChat }[letterOf(event)];
      if (run) {
        event.preventDefault();
        run();
      }
    } else if (event.key === "Escape") {
      escape();
    }
  });
}

// The letter of a key, also with the keyboard layouts of other scripts.
function letterOf({ key, code }) {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
}

export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
