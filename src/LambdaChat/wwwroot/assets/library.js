// Operations on whole chats: rename, delete, export and import.
import { firstCharacters } from "./characters.js";
import { download } from "./dom.js";
import { fromJson, toJson, toMarkdown } from "./exchange.js";
import { confirm } from "./settings.js";
import { t } from "./texts.js";

const batchSize = 500; // Messages per transaction.

export class Library {
  constructor(store, session, notify) {
    Object.assign(this, { store, session, notify });
  }

  async rename(chat, title) {
    const target = this.session.chat.id === chat.id ? this.session.chat : chat;
    target.title = title;
    await this.store.saveChat(target);
  }

  async remove(chat) {
    if (await confirm(t("deleteOne", chat.title), t("delete"))) {
      this.session.abandon(chat.id);
      await this.store.deleteChat(chat.id);
      if (this.session.chat.id === chat.id) {
        this.session.start();
      }
    }
  }

  async deleteAll() {
    if (await confirm(t("deleteAllSure"), t("delete"))) {
      this.session.abandonAll();
      await this.store.clear();
      this.session.start();
    }
  }

  async changeSampling(sampling, preferences) {
    preferences.sampling = sampling;
    this.session.chat.sampling = sampling;
    if (this.session.messages.length > 0) {
      await this.store.saveChat(this.session.chat);
    }
  }

  async exportJson(chats) {
    const exported = await Promise.all(chats.map(async (chat) => ({ chat, messages: await this.store.messages(chat.id) })));
    download(chats.length === 1 ? fileName(chats[0], "json") : "lambdachat.json", "application/json", toJson(exported));
  }

  async exportAll() {
    await this.exportJson(await this.store.chats());
  }

  async exportMarkdown(chat) {
    download(fileName(chat, "md"), "text/markdown", toMarkdown(chat, await this.store.messages(chat.id)));
  }

  async importFile(file) {
    try {
      const chats = fromJson(await file.text());
      for (const { chat, messages } of chats) {
        for (let i = 0; i < messages.length; i += batchSize) {
          await this.store.saveMessages(messages.slice(i, i + batchSize));
        }
        await this.store.saveChat(chat);
      }
      this.notify(t("imported", chats.length));
    } catch {
      this.notify(t("badImport"));
    }
  }
}

function fileName(chat, extension) {
  const name = firstCharacters(chat.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, ""), 60);
  return `${name || "chat"}.${extension}`;
}
