// The messages of the open chat: drawn when they come near, followed to the end unless the reader has scrolled up.
import { el, iconButton } from "./dom.js";
import { MessageView } from "./message.js";
import { t } from "./texts.js";

const nearEnd = 48; // Pixels. A reader who is that near to the end follows it.
const stretchLength = 50; // Messages.

export class Thread {
  #views = [];
  #waiting = new Set(); // Messages with something new, shown with the next frame.
  #frame = null;
  #isFollowing = true;
  #lastTop = 0;

  constructor(actions) {
    this.actions = actions;
    this.list = el("div", { class: "list" });
    this.empty = el("div", { class: "empty" }, el("h1", { text: t("emptyTitle") }), el("p", { text: t("emptyText") }));
    this.latest = iconButton("down", t("latest"), () => this.#follow(true), { class: "icon-button latest", hidden: true });
    this.element = el("div", { class: "scroller", tabindex: "-1", onscroll: () => this.#scrolled() }, this.empty, this.list);
    this.list.addEventListener("contentvisibilityautostatechange", (event) => !event.skipped && this.#drawNear(event.target), true);
    new ResizeObserver(() => this.#keepEnd()).observe(this.list);
    setInterval(() => this.#views.at(-1)?.showStatus(), 1000);
  }

  show(messages) {
    this.#waiting.clear();
    this.#views = messages.map((message) => new MessageView(message, this.actions));
    this.list.replaceChildren(...inStretches(this.#views.map((view) => view.element)));
    this.#views.slice(-8).forEach((view) => view.draw()); // What is seen first is there at once.
    this.#showEmpty();
    this.#follow(true);
  }

  add(message) {
    const view = new MessageView(message, this.actions);
    this.#views.push(view);
    this.list.append(view.element);
    view.draw();
    this.#showEmpty();
    this.#follow(true);
  }

  truncate(index) {
    this.#views.splice(index).forEach((view) => view.element.remove());
    this.list.querySelectorAll(".stretch:empty").forEach((stretch) => stretch.remove());
    this.#showEmpty();
  }

  /** A message has grown. At most once a frame is it drawn. */
  update(message) {
    this.#waiting.add(message.index);
    this.#frame ??= requestAnimationFrame(() => this.#drawWaiting());
  }

  end(message) {
    this.#waiting.delete(message.index);
    this.#views[message.index]?.end();
    this.#keepEnd();
  }

  /** The user's last message, to be edited. */
  editLast() {
    this.#views.findLast((view) => view.message.role === "user")?.edit();
  }

  #drawWaiting() {
    this.#frame = null;
    for (const index of this.#waiting) {
      this.#views[index]?.update();
    }
    this.#waiting.clear();
    this.#keepEnd();
  }

  // The browser says when it begins to lay a message out, which it does some way before the message is seen.
  #drawNear(element) {
    if (element.classList.contains("message")) {
      this.#views.find((view) => view.element === element)?.draw();
    }
  }

  // Only the reader's own way up ends the following: a page that grows moves nothing up.
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
    if (isAtEnd) {
      this.#isFollowing = true;
    } else if (scrollTop < this.#lastTop) {
      this.#isFollowing = false;
    }
    this.#lastTop = scrollTop;
    this.latest.hidden = isAtEnd || this.#isFollowing;
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
  }

  #showEmpty() {
    this.empty.hidden = this.#views.length > 0;
  }
}

// In each frame the browser looks at everything that it may skip: at fifty old messages as one, as long as they are far away.
function inStretches(elements) {
  const stretches = [];
  while (elements.length > 2 * stretchLength) {
    stretches.push(el("div", { class: "stretch" }, ...elements.splice(0, stretchLength)));
  }
  return [...stretches, ...elements];
}
