import { cutBefore, firstCharacters, lowered } from "./characters.js";
import { openMenu } from "./dialogs.js";
import { el, icon, iconButton, isComposing } from "./dom.js";
import { t } from "./texts.js";

const maxTitleLength = 200; // Characters.
const hitContext = 24; // Characters in front of a search hit.

export class Sidebar {
  #chats = [];
  #matches = null; // The matching chats: a map from their ids to the text with the hit; null without a search.
  #current = null;
  #search = 0;
  #drawn = ""; // What the list shows. It is drawn again only after a change, so that the focus and an open menu stay.
  #isPressed = false; // An entry that is replaced between the press and the release gets no click.
  #isRenaming = false;
  #phone = matchMedia("(max-width: 760px)");

  constructor(preferences, actions) {
    Object.assign(this, { preferences, actions });
    this.input = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), oninput: () => this.#find() });
    this.list = el("ul", { class: "chats", onpointerdown: ({ button }) => (this.#isPressed = button === 0) });
    const release = () => this.#isPressed && setTimeout(() => this.#release()); // After the click.
    ["pointerup", "pointercancel"].forEach((name) => addEventListener(name, release));
    const start = el("button", { type: "button", class: "new", onclick: () => actions.start() }, icon("plus"), t("newChat"));
    const fold = iconButton("side", t("hideChats"), () => this.#fold(), { class: "icon-button fold" });
    const properties = { type: "button", class: "open-settings", onclick: () => actions.settings() };
    const settings = el("button", properties, icon("settings"), t("settings"));
    const head = el("div", { class: "side-head" }, start, fold);
    this.element = el("nav", { class: "sidebar", id: "sidebar", "aria-label": t("chats") }, head, this.input, this.list, settings);
    this.backdrop = el("div", { class: "backdrop", onclick: () => this.closeOnPhone() });
    this.button = iconButton("menu", t("chats"), () => this.#open(!this.#isOpen), {
      class: "icon-button menu-button",
      "aria-controls": "sidebar",
    });
    this.#phone.addEventListener("change", () => this.#showState());
    this.#showState();
  }

  show(chats, current) {
    this.#chats = chats;
    this.#current = current;
    this.#draw();
  }

  focusSearch() {
    this.#open(true);
    this.input.focus();
    this.input.select();
  }

  /** Returns whether the list covered the page. */
  closeOnPhone() {
    const isCovered = this.#phone.matches && this.#isOpen;
    document.body.classList.remove("menu-open");
    this.#showState();
    return isCovered;
  }

  /** Clears the search box if it has the focus and a text. Returns false otherwise. */
  clearSearch() {
    const isSearching = document.activeElement === this.input && this.input.value !== "";
    if (isSearching) {
      this.input.value = "";
      this.#find();
    }
    return isSearching;
  }

  get #isOpen() {
    return this.#phone.matches ? document.body.classList.contains("menu-open") : !this.preferences.isFolded;
  }

  #open(isOpen) {
    if (this.#phone.matches) {
      document.body.classList.toggle("menu-open", isOpen);
    } else {
      this.preferences.isFolded = !isOpen;
    }
    this.#showState();
  }

  #fold() {
    this.#open(false);
    this.button.focus();
  }

  #showState() {
    document.body.classList.toggle("folded", this.preferences.isFolded);
    this.button.setAttribute("aria-expanded", String(this.#isOpen));
  }

  async #find() {
    const text = this.input.value.trim();
    const search = ++this.#search;
    const isLate = () => search !== this.#search;
    const found = text === "" ? null : await this.actions.find(text, isLate);
    if (!isLate()) {
      const titled = this.#chats.filter((chat) => lowered(chat.title).includes(lowered(text)));
      this.#matches = found && new Map([...titled.map((chat) => [chat.id, ""]), ...found]);
      this.#draw();
    }
  }

  #release() {
    this.#isPressed = false;
    this.#draw();
  }

  #draw() {
    const found = this.#chats.filter((chat) => this.#matches === null || this.#matches.has(chat.id));
    const shown = [...found.filter((chat) => chat.pinned), ...found.filter((chat) => !chat.pinned)];
    const entries = shown.map((chat) => [chat.id, chat.title, groupOf(chat), this.#matches?.get(chat.id)]);
    const drawn = JSON.stringify([this.#matches && this.input.value, this.#current, entries]);
    if (this.#isPressed || this.#isRenaming || drawn === this.#drawn) {
      return;
    }
    this.#drawn = drawn;
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    this.list.replaceChildren(
      ...shown.flatMap((chat, i) => {
        const day = groupOf(chat);
        const isNewDay = i === 0 || day !== groupOf(shown[i - 1]);
        return [isNewDay && el("li", { class: "day", text: t(day) }), this.#item(chat)].filter(Boolean);
      }),
    );
    if (shown.length === 0 && this.#matches !== null) {
      this.list.append(el("li", { class: "no-match", text: t("noMatch") }));
    }
    this.#focusLike(focused);
  }

  // Focuses the button that has replaced an element.
  #focusLike(element) {
    const item = this.#itemOf(element?.closest("li").dataset.chat);
    item?.querySelector(element.matches(".icon-button") ? ".icon-button" : ".title").focus();
  }

  #itemOf(id) {
    return [...this.list.children].find((item) => id !== undefined && item.dataset.chat === id);
  }

  // A chat can have changed since its entry was drawn.
  #latest(chat) {
    return this.#chats.find((other) => other.id === chat.id) ?? chat;
  }

  #item(chat) {
    const isCurrent = chat.id === this.#current;
    const item = el("li", { class: isCurrent ? "chat current" : "chat", "data-chat": chat.id });
    const properties = { type: "button", class: "title", title: chat.title, "aria-current": isCurrent ? "true" : null };
    const onclick = () => this.actions.open(this.#latest(chat));
    const open = el("button", { ...properties, onclick }, ...this.#marked(chat.title, Infinity));
    const hit = this.#matches?.get(chat.id);
    if (hit && open.querySelector("mark") === null) {
      open.append(el("span", { class: "hit" }, ...this.#marked(hit)));
    }
    item.append(open, iconButton("more", t("more", chat.title), (event) => this.#openMenu(event, chat), { "aria-expanded": "false" }));
    return item;
  }

  // A text from shortly before the search text, which is marked.
  #marked(text, before = hitContext) {
    const wanted = this.#matches === null ? "" : lowered(this.input.value.trim());
    const start = wanted === "" ? -1 : lowered(text).indexOf(wanted);
    const end = start + wanted.length;
    const first = start > before ? cutBefore(text, start - before) : 0;
    const lead = first > 0 ? `…${text.slice(first, start).replace(/^\S*\s/, "")}` : text.slice(0, start);
    return start < 0 ? [text] : [lead, el("mark", { text: text.slice(start, end) }), text.slice(end, cutBefore(text, end + 100))];
  }

  #openMenu(event, chat) {
    const { pin, suggest, print, exportJson, exportMarkdown, remove } = this.actions;
    const on = (action) => () => action(this.#latest(chat));
    openMenu(event, [
      [t(chat.pinned ? "unpin" : "pin"), on(pin)],
      [t("rename"), () => this.#rename(chat)],
      [t("suggestTitle"), on(suggest)],
      [t("print"), on(print)],
      [t("exportMarkdown"), on(exportMarkdown)],
      [t("exportJson"), on(exportJson)],
      [t("delete"), on(remove), "danger"],
    ]);
  }

  #rename(chat) {
    const item = this.#itemOf(chat.id);
    const input = el("input", { class: "rename", "aria-label": t("title"), value: chat.title });
    let isFinished = false;
    const finish = (isWanted) => {
      if (!isFinished) {
        isFinished = true;
        this.#isRenaming = false;
        this.#drawn = "";
        const title = firstCharacters(input.value.trim(), maxTitleLength);
        return isWanted && title !== "" ? this.actions.rename(this.#latest(chat), title) : this.#draw();
      }
    };
    input.addEventListener("keydown", (event) => {
      if (!isComposing(event) && (event.key === "Enter" || event.key === "Escape")) {
        event.preventDefault();
        event.stopPropagation();
        finish(event.key === "Enter");
      }
    });
    input.addEventListener("blur", () => finish(true));
    this.#isRenaming = item !== undefined;
    item?.replaceChildren(input);
    input.focus();
    input.select();
  }
}

function groupOf({ updated, pinned }) {
  return pinned ? "pinned" : dayOf(updated);
}

function dayOf(time) {
  const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(Date.now()) - midnight(time)) / 86_400_000); // A day can have 23 or 25 hours.
  return days <= 0 ? "today" : days === 1 ? "yesterday" : days <= 7 ? "thisWeek" : "earlier";
}
