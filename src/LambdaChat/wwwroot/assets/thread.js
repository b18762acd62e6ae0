// The messages of the open chat.
import { el, iconButton } from "./dom.js";
import { loadRenderer, MessageView } from "./message.js";
import { pageSettings, t } from "./texts.js";

const nearEnd = 48; // Pixels. A reader who scrolls down to this distance follows the end.
const groupSize = 50; // Messages.

export class Thread {
  #views = [];
  #pending = new Set(); // Messages to update in the next frame.
  #frame = null;
  #isFollowing = true;
  #lastTop = 0;

  constructor(actions) {
    this.actions = { ...actions, isFollowing: () => this.#isFollowing, hold: () => this.hold() };
    this.list = el("div", { class: "list" });
    const examples = (pageSettings.examples ?? [t("example1"), t("example2"), t("example3")])
      .map((text) => el("button", { type: "button", text, onclick: () => actions.example(text) }));
    this.purpose = el("p", { text: t("emptyText") });
    const brand = el("p", { class: "brand" }, el("img", { src: pageSettings.logo, alt: "" }), pageSettings.title);
    this.empty = el("div", { class: "empty" }, brand,
      el("h1", { text: t("emptyTitle") }), this.purpose, el("div", { class: "examples" }, ...examples));
    this.latest = iconButton("down", t("latest"), () => this.#follow(true), { class: "icon-button latest", hidden: true });
    const turn = (event) => event.deltaY > 0 && this.#isAtEnd && this.#follow(true);
    const properties = { class: "scroller", tabindex: "-1", onscroll: () => this.#scrolled(), onwheel: turn };
    this.element = el("div", properties, this.empty, this.list);
    this.list.addEventListener("contentvisibilityautostatechange", (event) => !event.skipped && this.#drawNear(event.target), true);
    // Of the messages, and of the space for them: a growing message box takes some.
    const sizes = new ResizeObserver(() => this.#keepEnd());
    [this.list, this.element].forEach((element) => sizes.observe(element));
    setInterval(() => this.#views.at(-1)?.showStatus(), 1000);
  }

  /** @param model `{ id, isStored }`, or null. Without a model, it is not known whether the service stores replies. */
  showModel(model) {
    this.purpose.textContent = model ? t("emptyModel", model.id) + t(model.isStored ? "emptyStored" : "emptyOnly") : t("emptyText");
  }

  show(messages) {
    this.#pending.clear();
    this.#views = messages.map((message) => new MessageView(message, this.actions));
    this.list.replaceChildren(...inGroups(this.#views.map((view) => view.element)));
    this.#views.slice(-8).forEach((view) => view.draw()); // The visible end is drawn at once.
    this.#showEmpty();
    this.element.scrollTop = 0; // Of the empty page.
    this.#follow(messages.length > 0);
  }

  add(message) {
    const view = new MessageView(message, this.actions);
    this.#views.push(view);
    this.list.append(view.element);
    view.draw();
    this.#showEmpty();
    this.#follow(true);
  }

  /** Replaces the messages from an index on. If the reader has chosen them, the place stays. */
  replace(index, messages, isChosen) {
    const views = messages.map((message) => new MessageView(message, this.actions));
    this.#views.splice(index, Infinity, ...views).forEach((view) => view.element.remove());
    this.list.querySelectorAll(".group:empty").forEach((group) => group.remove());
    this.list.append(...views.map((view) => view.element));
    views.slice(0, 8).forEach((view) => view.draw());
    if (messages.length > 0 && isChosen) {
      this.hold();
      views[0].focusVersions();
    }
    this.#showEmpty();
  }

  async drawAll() {
    await loadRenderer();
    this.#views.forEach((view) => view.draw());
  }

  update(message) {
    this.#pending.add(message);
    this.#frame ??= requestAnimationFrame(() => this.#drawPending());
  }

  end(message) {
    this.#pending.delete(message);
    this.#views[message.index]?.end();
    this.#keepEnd();
  }

  editLast() {
    this.#views.findLast((view) => view.message.role === "user")?.edit();
  }

  #drawPending() {
    this.#frame = null;
    for (const message of this.#pending) {
      const view = this.#views[message.index];
      view?.message === message && view.update(); // It may have been replaced.
    }
    this.#pending.clear();
    this.#keepEnd();
  }

  // The browser lays a message out shortly before it becomes visible.
  #drawNear(element) {
    if (element.classList.contains("message")) {
      this.#views.find((view) => view.element === element)?.draw();
    }
  }

  /** Stops following, so that the reader keeps the place. */
  hold() {
    this.#isFollowing = false;
  }

  get #distance() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight;
  }

  get #isAtEnd() {
    return this.#distance < nearEnd;
  }

  // Only the reader scrolls up, and only the reader scrolls down while the view does not follow. Content that shrinks moves the view up
  // to its very end. The first step of a smooth scroll is a few pixels long, and following the end would undo it.
  #scrolled() {
    const { scrollTop } = this.element;
    if (scrollTop < this.#lastTop && this.#distance > 2) {
      this.#isFollowing = false;
    } else if (scrollTop > this.#lastTop && this.#isAtEnd) {
      this.#isFollowing = true;
    }
    this.#lastTop = scrollTop;
    this.#showLatest();
  }

  #showLatest() {
    this.latest.hidden = this.#isFollowing || this.#isAtEnd;
  }

  #follow(isFollowing) {
    this.#isFollowing = isFollowing;
    this.latest.hidden = true;
    this.#keepEnd();
  }

  #keepEnd() {
    if (this.#isFollowing) {
      this.element.scrollTop = this.element.scrollHeight;
      this.#lastTop = this.element.scrollTop;
    }
    this.#showLatest();
  }

  #showEmpty() {
    this.empty.hidden = this.#views.length > 0;
    document.body.classList.toggle("is-empty", this.#views.length === 0); // The message box is in the middle of an empty page.
  }
}

// The browser checks every `content-visibility` element in each frame. Groups of old messages reduce that work.
function inGroups(elements) {
  const groups = [];
  while (elements.length > 2 * groupSize) {
    groups.push(el("div", { class: "group" }, ...elements.splice(0, groupSize)));
  }
  return [...groups, ...elements];
}
