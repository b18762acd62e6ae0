// The chat list with search and a menu per chat.
import { firstCharacters } from "./characters.js";
import { el, icon, iconButton, isComposing } from "./dom.js";
import { t } from "./texts.js";

const maxTitleLength = 200; // Characters.

export class Sidebar {
  #chats = [];
  #matches = null; // Ids of the matching chats; null without a search.
  #current = null;
  #search = 0;

  /** @param actions `{ start, open, rename, remove, exportJson, exportMarkdown, settings, find }` */
  constructor(actions) {
    this.actions = actions;
    this.input = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), oninput: () => this.#find() });
    this.list = el("ul", { class: "chats" });
    this.element = el("nav", { class: "sidebar", id: "sidebar", "aria-label": t("chats") },
      el("button", { type: "button", class: "new", onclick: () => actions.start() }, icon("plus"), t("newChat")), this.input, this.list,
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
      this.#matches = found && new Set([...found, ...this.#chats.filter((chat) => chat.title.toLowerCase().includes(text.toLowerCase())).map((chat) => chat.id)]);
      this.#draw();
    }
  }

  #draw() {
    const shown = this.#chats.filter((chat) => this.#matches === null || this.#matches.has(chat.id));
    this.list.replaceChildren(...shown.flatMap((chat, i) => {
      const day = dayOf(chat.updated);
      const isNewDay = i === 0 || day !== dayOf(shown[i - 1].updated);
      return [isNewDay && el("li", { class: "day", text: t(day) }), this.#item(chat)].filter(Boolean);
    }));
    if (shown.length === 0 && this.#matches !== null) {
      this.list.append(el("li", { class: "no-match", text: t("noMatch") }));
    }
  }

  #item(chat) {
    const isCurrent = chat.id === this.#current;
    const item = el("li", { class: isCurrent ? "chat current" : "chat" });
    const open = el("button", { type: "button", class: "title", title: chat.title, "aria-current": isCurrent ? "true" : null, onclick: () => this.actions.open(chat) }, ...this.#marked(chat.title));
    const more = iconButton("more", t("more", chat.title), () => this.#toggleMenu(item, chat), { "aria-expanded": "false" });
    item.append(open, more);
    return item;
  }

  // The title, with the search text marked.
  #marked(title) {
    const wanted = this.#matches === null ? "" : this.input.value.trim().toLowerCase();
    const start = wanted === "" ? -1 : title.toLowerCase().indexOf(wanted);
    const end = start + wanted.length;
    return start < 0 ? [title] : [title.slice(0, start), el("mark", { text: title.slice(start, end) }), title.slice(end)];
  }

  #toggleMenu(item, chat) {
    const existing = item.querySelector(".menu");
    this.list.querySelectorAll(".menu").forEach((menu) => menu.remove());
    this.list.querySelectorAll("[aria-expanded]").forEach((button) => button.setAttribute("aria-expanded", "false"));
    if (existing) {
      return;
    }
    const entry = (text, run) => el("button", { type: "button", text, onclick: () => {
      this.#toggleMenu(item, chat);
      run();
    } });
    item.append(el("div", { class: "menu" }, entry(t("rename"), () => this.#rename(item, chat)), entry(t("exportJson"), () => this.actions.exportJson(chat)),
      entry(t("exportMarkdown"), () => this.actions.exportMarkdown(chat)), entry(t("delete"), () => this.actions.remove(chat))));
    item.querySelector("[aria-expanded]").setAttribute("aria-expanded", "true");
    item.querySelector(".menu button").focus();
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

// The key of the text for a day.
function dayOf(time) {
  const today = new Date().setHours(0, 0, 0, 0);
  const days = Math.ceil((today - time) / 86_400_000);
  return days <= 0 ? "today" : days === 1 ? "yesterday" : days <= 7 ? "thisWeek" : "earlier";
}
