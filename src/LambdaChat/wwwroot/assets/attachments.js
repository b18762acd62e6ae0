import { el, icon, iconButton } from "./dom.js";
import { t } from "./texts.js";

const maxCharacters = 1_000_000; // For the text of all files of a message.
const maxImages = 4_000_000; // Characters for all images. Lambda's request limit is 6 MB.

export function sizeOf(bytes) {
  return bytes < 1_000_000 ? `${Math.max(0.1, bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export class Attachments {
  #images = []; // Kept while the selected model does not accept images, but not shown or sent.
  #files = []; // `{ name, size, text }`
  #takesImages = false;
  #reading = Promise.resolve();
  problems = 0; // The files that could not be added.

  constructor(actions) {
    this.actions = actions;
    this.input = el("input", { type: "file", multiple: true, hidden: true, onchange: () => this.add([...this.input.files]) });
    this.button = iconButton("clip", t("attach"), () => this.input.click(), { class: "icon-button attach" });
    this.element = el("div", { class: "attachments" });
  }

  get takesImages() {
    return this.#takesImages;
  }

  set takesImages(value) {
    this.#takesImages = value;
    this.#draw();
  }

  get isEmpty() {
    return this.#files.length === 0 && (this.#images.length === 0 || !this.#takesImages);
  }

  get all() {
    return { images: this.#images, files: this.#files };
  }

  /** Returns what is shown, `{ images, files }`, and removes it. */
  take() {
    const taken = { images: this.#takesImages ? this.#images : [], files: this.#files };
    this.#images = this.#takesImages ? [] : this.#images;
    this.#files = [];
    this.#draw();
    return taken;
  }

  /** Puts attachments in front of those that were added meanwhile. */
  restore({ images, files }) {
    this.#images.unshift(...images);
    this.#files.unshift(...files);
    this.#draw();
  }

  add(files) {
    this.input.value = "";
    this.#reading = this.#reading.then(() => this.#read(files));
  }

  get read() {
    return this.#reading;
  }

  async #read(files) {
    for (const file of files) {
      const added = file.type.startsWith("image/") && file.type !== "image/svg+xml" ? this.#addImage(file) : this.#addFile(file);
      const problem = await added.catch(() => "fileUnreadable"); // For example, a folder was dropped.
      if (problem) {
        this.problems++;
        this.actions.notify(t(problem, file.name));
      }
    }
    this.#draw();
  }

  async #addImage(file) {
    if (!this.#takesImages) {
      return "imagesNotTaken";
    }
    const { readImage } = await import("./documents.js");
    const { url, problem } = await readImage(file, this.#images.reduce((left, other) => left - other.length, maxImages));
    if (url) {
      this.#images.push(url);
    }
    return problem;
  }

  async #addFile(file) {
    this.element.append(el("span", { class: "chip", text: t("reading", file.name) }));
    const { read } = await import("./documents.js");
    const { text, problem } = await read(file, this.#files.reduce((left, other) => left - other.text.length, maxCharacters));
    if (text) {
      this.#files.push({ name: file.name, size: file.size, text });
    }
    return problem;
  }

  #draw() {
    const remove = (list, item, label) =>
      iconButton("close", label, () => {
        list.splice(list.indexOf(item), 1);
        this.#draw();
        this.actions.removed();
      });
    this.element.replaceChildren(
      ...(this.#takesImages ? this.#images : []).map((url, i) =>
        el("div", { class: "picture-frame" }, el("img", { src: url, alt: `${t("image")} ${i + 1}` }),
          remove(this.#images, url, t("removeImage")))),
      ...this.#files.map((file) =>
        el("span", { class: "chip" }, icon("file"), el("span", { text: file.name }), el("small", { text: sizeOf(file.size) }),
          remove(this.#files, file, t("removeFile", file.name)))),
    );
    this.actions.changed();
  }
}
