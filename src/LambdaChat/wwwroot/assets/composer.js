// The message box.
import { el, icon, iconButton, isComposing } from "./dom.js";
import { addImages } from "./images.js";
import { t } from "./texts.js";

export class Composer {
  #images = []; // Kept while the selected model does not accept images, but not shown or sent.

  /** @param actions `{ send, stop, editLast, isRunning, notify }` */
  constructor(actions) {
    this.actions = actions;
    this.input = el("textarea", { rows: "1", placeholder: t("placeholder"), "aria-label": t("message"), "aria-describedby": "hint", oninput: () => this.#grow() });
    this.file = el("input", { type: "file", accept: "image/*", multiple: true, hidden: true, onchange: () => this.#attach([...this.file.files]) });
    this.attach = iconButton("image", t("attach"), () => this.file.click(), { class: "icon-button attach", hidden: true });
    this.button = el("button", { class: "primary round", "aria-label": t("send") }, icon("send"));
    this.pictures = el("div", { class: "pictures" });
    this.queued = el("div", { class: "queued", role: "status" });
    this.element = el("form", { class: "composer", onsubmit: (event) => this.#submit(event), onkeydown: (event) => this.#key(event), onpaste: (event) => this.#takeFiles(event, event.clipboardData),
      ondragover: (event) => event.preventDefault(), ondrop: (event) => this.#takeFiles(event, event.dataTransfer) },
    this.queued, this.pictures, el("div", { class: "write" }, this.attach, this.file, this.input, this.button));
    this.hint = el("p", { id: "hint", class: "hint", text: t("hint") });
  }

  /** Shows the image button only for models that accept images. */
  set takesImages(value) {
    this.attach.hidden = !value;
    this.#drawPictures();
  }

  /** Puts a message that was not sent back into the box. */
  restore(text, images) {
    this.input.value = text;
    this.#images = images;
    this.#grow();
    this.#drawPictures();
  }

  get #isEmpty() {
    return this.input.value.trim() === "" && (this.#images.length === 0 || this.attach.hidden);
  }

  /** Shows a message that is sent after the running reply, or null. */
  showQueued(text, remove) {
    this.queued.replaceChildren(...(text === null ? [] : [el("span", { text: t("queued", text) }), iconButton("close", t("unqueue"), remove)]));
  }

  /** Switches the button between Send and Stop. A message can be sent while a reply runs; it is queued. */
  refresh() {
    const stops = this.actions.isRunning() && this.#isEmpty;
    const label = t(stops ? "stop" : "send");
    this.button.setAttribute("aria-disabled", String(this.#isEmpty && !stops));
    if (this.button.getAttribute("aria-label") !== label) {
      this.button.setAttribute("aria-label", label);
      this.button.title = label;
      this.button.replaceChildren(icon(stops ? "stop" : "send"));
    }
  }

  #submit(event) {
    event.preventDefault();
    if (this.#isEmpty) {
      this.actions.stop();
      return;
    }
    const text = this.input.value.trim();
    const images = this.#images;
    this.#images = [];
    this.input.value = "";
    this.#grow();
    this.#drawPictures();
    this.actions.send(text, images);
  }

  #key(event) {
    if (isComposing(event)) {
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && event.target === this.input) {
      event.preventDefault();
      if (!this.#isEmpty) {
        this.element.requestSubmit();
      }
    } else if (event.key === "ArrowUp" && this.input.value === "" && event.target === this.input && !this.actions.isRunning()) {
      event.preventDefault();
      this.actions.editLast();
    }
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 240)}px`;
    this.refresh();
  }

  #takeFiles(event, data) {
    const files = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (files.length > 0 && !this.attach.hidden) {
      event.preventDefault();
      this.#attach(files);
    }
  }

  async #attach(files) {
    this.file.value = "";
    const { images, problem } = await addImages(this.#images, files);
    this.#images = images;
    this.#drawPictures();
    if (problem) {
      this.actions.notify(t(problem));
    }
  }

  #drawPictures() {
    this.pictures.hidden = this.attach.hidden;
    this.refresh();
    this.pictures.replaceChildren(...this.#images.map((url, i) => el("div", { class: "picture-frame" }, el("img", { src: url, alt: `${t("image")} ${i + 1}` }),
      iconButton("close", t("removeImage"), () => {
        this.#images = this.#images.filter((other) => other !== url);
        this.#drawPictures();
      }))));
  }
}
