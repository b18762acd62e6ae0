import { recover, setChat } from "./changes.js";
import { firstCharacters } from "./characters.js";
import { download } from "./dom.js";
import { fromJson, toJson, toMarkdown } from "./exchange.js";
import { toRequest } from "./reply.js";
import { confirm } from "./dialogs.js";
import { t } from "./texts.js";

const maxSuggestedLength = 80; // Characters.
const maxQuotedLength = 1000; // Characters of a message that the model reads for a title.

export class Library {
  constructor(store, session, notify) {
    Object.assign(this, { store, session, notify });
  }

  /** Changes the title, the pin or the sampling of a chat. A new one is stored with its first message. */
  async set(chat, values) {
    Object.assign(this.session.own(chat), values);
    await setChat(this.store, chat.id, values);
  }

  async suggestTitle(chat, { api, model }) {
    const quoted = (await this.store.messages(chat.id))
      .slice(0, 2)
      .map(({ role, text }) => `${role}: ${firstCharacters(text, maxQuotedLength)}`);
    const messages = [{ role: "user", content: `${quoted.join("\n\n")}\n\n${t("titleRequest")}` }];
    let title = "";
    try {
      for await (const batch of api.reply(toRequest(model, messages), AbortSignal.timeout(60_000))) {
        const error = batch.find((item) => item.error);
        if (error) {
          throw error.error;
        }
        title += batch.map(({ chunk }) => chunk?.choices?.[0]?.delta?.content ?? "").join("");
      }
    } catch {
      title = "";
    }
    title = firstCharacters(
      title
        .trim()
        .split("\n")[0]
        .replace(/^["“#*\s]+|["”*\s]+$/g, ""),
      maxSuggestedLength,
    );
    await (title === "" ? this.notify(t("noTitle")) : this.set(chat, { title }));
  }

  async remove(chat) {
    if (await confirm(t("deleteOne", chat.title), t("delete"))) {
      this.session.runs.abandon(this.session.runs.of(chat.id));
      await recover(this.store); // What a closed page has kept would bring the chat back.
      await this.store.deleteChat(chat.id);
      if (this.session.chat.id === chat.id) {
        this.session.start();
      }
    }
  }

  async deleteAll() {
    if (await confirm(t("deleteAllSure"), t("delete"))) {
      this.session.runs.abandonAll();
      await recover(this.store);
      await this.store.clear();
      this.session.start();
    }
  }

  async exportJson(chats) {
    const exported = await Promise.all(
      chats.map(async (chat) => ({ chat, messages: await this.store.messages(chat.id), versions: await this.store.versions(chat.id) })),
    );
    download(chats.length === 1 ? fileName(chats[0], "json") : "lambdachat.json", "application/json", toJson(exported));
  }

  async exportAll() {
    await this.exportJson(await this.store.chats());
  }

  async exportMarkdown(chat) {
    download(fileName(chat, "md"), "text/markdown", toMarkdown(chat, await this.store.messages(chat.id)));
  }

  async importFile(file) {
    let chats;
    try {
      chats = fromJson(await file.text());
    } catch {
      this.notify(t("badImport"));
      return;
    }
    try {
      for (const { chat, messages, versions } of chats) {
        await this.store.change(chat.id, 0, () => ({ chat, records: [...messages, ...versions] }));
      }
    } catch (error) {
      await Promise.allSettled(chats.map(({ chat }) => this.store.deleteChat(chat.id)));
      throw error;
    }
    this.notify(t("imported", chats.length));
  }
}

function fileName(chat, extension) {
  const name = firstCharacters(chat.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, ""), 60);
  return `${name || "chat"}.${extension}`;
}
