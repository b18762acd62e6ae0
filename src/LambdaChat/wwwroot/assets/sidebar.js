// The chat list with search and a menu per chat.
import { cutBefore, firstCharacters } from "./characters.js";
import { el, icon, iconButton, isComposing } from "./dom.js";
import { openMenu } from "./menu.js";
import { t } from "./texts.js";

const maxTitleLength = 200; // Characters.
const hitContext = 24; // Characters in front of a search hit.

export class Sidebar {
  #chats = [];
  #matches = null; // The matching chats: a map from their ids to the text with the hit; null without a search.
  #current = null;
  #search = 0;

  /** @param actions `{ start, open, rename, suggest, pin, print, remove, exportJson, exportMarkdown, settings, find, fold }` */
  constructor(actions) {
    this.actions = actions;
    this.input = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), oninput: () => this.#find() });
    this.list = el("ul", { class: "chats" });
    this.element = el("nav", { class: "sidebar", id: "sidebar", "aria-label": t("chats") },
      el("div", { class: "side-head" }, el("button", { type: "button", class: "new", onclick: () => actions.start() }, icon("plus"), t("newChat")),
        iconButton("side", t("hideChats"), () => actions.fold(), { class: "icon-button fold" })), this.input, this.list,
      el("button", { type: "button", class: "open-settings", onclick: () => actions.settings() }, icon("settings"), t("settings")));
  }

  show(chats, current) {
    this.#chats = chats;
    this.#current = current;
    this.#draw();
  }

  focusSearch() {
    this.input.focus();
    this.input.select();
  }

  async #find() {
    const text = this.input.value.trim();
    const search = ++this.#search;
    const found = text === "" ? null : await this.actions.find(text);
    if (search === this.#search) {
      this.#matches = found && new Map([...this.#chats.filter((chat) => chat.title.toLowerCase().includes(text.toLowerCase())).map((chat) => [chat.id, ""]), ...found]);
      this.#draw();
    }
  }

  #draw() {
    const found = this.#chats.filter((chat) => this.#matches === null || this.#matches.has(chat.id));
    const shown = [...found.filter((chat) => chat.pinned), ...found.filter((chat) => !chat.pinned)];
    this.list.replaceChildren(...shown.flatMap((chat, i) => {
      const day = groupOf(chat);
      const isNewDay = i === 0 || day !== groupOf(shown[i - 1]);
      return [isNewDay && el("li", { class: "day", text: t(day) }), this.#item(chat)].filter(Boolean);
    }));
    if (shown.length === 0 && this.#matches !== null) {
      this.list.append(el("li", { class: "no-match", text: t("noMatch") }));
    }
  }

  #item(chat) {
    const isCurrent = chat.id === this.#current;
    const item = el("li", { class: isCurrent ? "chat current" : "chat" });
    const open = el("button", { type: "button", class: "title", title: chat.title, "aria-current": isCurrent ? "true" : null, onclick: () => this.actions.open(chat) }, ...this.#marked(chat.title, Infinity));
    const hit = this.#matches?.get(chat.id);
    if (hit && open.querySelector("mark") === null) {
      open.append(el("span", { class: "hit" }, ...this.#marked(hit)));
    }
    item.append(open, iconButton("more", t("more", chat.title), (event) => this.#openMenu(event, item, chat), { "aria-expanded": "false" }));
    return item;
  }

  // A text from shortly before the search text, which is marked.
  #marked(text, before = hitContext) {
    const wanted = this.#matches === null ? "" : this.input.value.trim().toLowerCase();
    const start = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted);
    const end = start + wanted.length;
    const first = start > before ? cutBefore(text, start - before) : 0;
    return start < 0 ? [text] : [first > 0 ? `…${text.slice(first, start).replace(/^\S*\s/, "")}` : text.slice(0, start), el("mark", { text: text.slice(start, end) }), text.slice(end, cutBefore(text, end + 100))];
  }

  #openMenu(event, item, chat) {
    const { pin, suggest, print, exportJson, exportMarkdown, remove } = this.actions;
    openMenu(event, [[t(chat.pinned ? "unpin" : "pin"), () => pin(chat)], [t("rename"), () => this.#rename(item, chat)], [t("suggestTitle"), () => suggest(chat)],
      [t("print"), () => print(chat)], [t("exportMarkdown"), () => exportMarkdown(chat)], [t("exportJson"), () => exportJson(chat)], [t("delete"), () => remove(chat), "danger"]]);
  }

  #rename(item, chat) {
    const input = el("input", { class: "rename", "aria-label": t("title"), value: chat.title });
    let isFinished = false;
    const finish = (isWanted) => {
      if (!isFinished) {
        isFinished = true;
        const title = firstCharacters(input.value.trim(), maxTitleLength);
        return isWanted && title !== "" ? this.actions.rename(chat, title) : this.#draw();
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
    item.replaceChildren(input);
    input.focus();
    input.select();
  }
}

// The key of the text for a group of chats.
function groupOf({ updated, pinned }) {
  return pinned ? "pinned" : dayOf(updated);
}

function dayOf(time) {
  const today = new Date().setHours(0, 0, 0, 0);
  const days = Math.ceil((today - time) / 86_400_000);
  return days <= 0 ? "today" : days === 1 ? "yesterday" : days <= 7 ? "thisWeek" : "earlier";
}
