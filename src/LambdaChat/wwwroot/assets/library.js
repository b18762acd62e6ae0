import { recover, setChat } from "./changes.js";
import { firstCharacters } from "./characters.js";
import { download, newId } from "./dom.js";
import { thoughtLabel } from "./message-parts.js";
import { toRequest } from "./reply.js";
import { confirm } from "./dialogs.js";
import { t } from "./texts.js";

const maxSuggestedLength = 80; // Characters.
const maxQuotedLength = 1000; // Characters of a message that the model reads for a title.
const format = "lambdachat";
const maxTextLength = 20_000_000;
const imageUrl = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/;

export class Library {
  constructor(store, session, notify) {
    Object.assign(this, { store, session, notify });
  }

  /** Changes the title, the pin or the sampling of a chat. */
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
    title = firstCharacters(title.trim().split("\n")[0].replace(/^["“#*\s]+|["”*\s]+$/g, ""), maxSuggestedLength);
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

function toJson(chats) {
  const exported = chats.map(({ chat, messages, versions }) => ({
    ...chat,
    messages: messages.map(withoutKey),
    ...(versions.length > 0 && { versions: versions.map(toVersion) }),
  }));
  return JSON.stringify({ format, version: 1, chats: exported }, null, 1);
}

function withoutKey({ id: _, chat: __, index: ___, ...message }) {
  return message;
}

function toVersion({ index: id, messages }) {
  return { id, start: messages[0].index, messages: messages.map(withoutKey) };
}

function toMarkdown(chat, messages) {
  const parts = messages.map((message) => {
    const thinking = message.thinking
      ? `<details><summary>${thoughtLabel(message.thinkingMs ?? 0)}</summary>\n\n${message.thinking}\n\n</details>\n\n`
      : "";
    const images = (message.images ?? []).map((_, i) => `*[${t("image")} ${i + 1}]*\n\n`).join("");
    const files = (message.files ?? []).map(({ name }) => `*[${name}]*\n\n`).join("");
    const tools = (message.tools ?? []).map((tool) => `**${t("toolCall", tool.name)}**\n\n\`\`\`json\n${tool.arguments}\n\`\`\``);
    const author = message.role === "user" ? t("you") : (message.model ?? t("model"));
    return `## ${author}\n\n${files}${images}${thinking}${[message.text, ...tools].filter(Boolean).join("\n\n")}`;
  });
  return `# ${chat.title}\n\n${parts.join("\n\n")}\n`;
}

/** Reads an export into `[{ chat, messages, versions }]` with new ids. Only known members with valid values are accepted. */
function fromJson(json) {
  const document = JSON.parse(json);
  if (document?.format !== format || !Array.isArray(document.chats)) {
    throw new TypeError("Not an export of this page.");
  }
  return document.chats.map((source) => {
    const id = newId();
    const chat = {
      id,
      title: firstCharacters(text(source.title), 200) || "…",
      created: number(source.created) ?? Date.now(),
      updated: number(source.updated) ?? Date.now(),
      ...(source.pinned === true && { pinned: true }),
      sampling: samplingOf(source.sampling),
    };
    return {
      chat,
      messages: source.messages.map((message, index) => messageOf(message, id, index)),
      versions: (source.versions ?? []).map((version) => versionOf(version, id)),
    };
  });
}

function versionOf({ id, start, messages }, chat) {
  if (!text(id) || !Number.isInteger(start) || start < 0 || messages.length === 0) {
    throw new TypeError("A version has no id, no start or no messages.");
  }
  return { chat, index: id, messages: messages.map((message, i) => messageOf(message, chat, start + i)) };
}

function messageOf(source, chat, index) {
  const message = { id: newId(), chat, index, role: source.role === "user" ? "user" : "assistant", text: text(source.text) };
  const images = Array.isArray(source.images) ? source.images.filter((url) => typeof url === "string" && imageUrl.test(url)) : [];
  const fault = source.fault && {
    code: text(source.fault.code),
    message: text(source.fault.message),
    status: number(source.fault.status) ?? null,
    requestId: text(source.fault.requestId) || null,
    retryAfter: null,
  };
  return {
    ...message,
    ...(images.length > 0 && { images }),
    ...(Array.isArray(source.files) && {
      files: source.files.map((file) => ({ name: text(file?.name), size: number(file?.size) ?? 0, text: text(file?.text) })),
    }),
    ...(Array.isArray(source.versions) && { versions: source.versions.map(text), version: text(source.version) }),
    ...(source.thinking && { thinking: text(source.thinking), thinkingMs: number(source.thinkingMs) ?? 0 }),
    ...(Array.isArray(source.tools) && {
      tools: source.tools.map((tool) => ({ name: text(tool?.name), arguments: text(tool?.arguments) })),
    }),
    ...(source.model && { model: text(source.model) }),
    ...(source.stopped === true && { stopped: true }),
    ...(source.finish && { finish: text(source.finish) }),
    ...(source.stats && { stats: statsOf(source.stats) }),
    ...(fault && { fault }),
  };
}

function statsOf(source) {
  return {
    firstMs: number(source.firstMs) ?? 0,
    streamMs: number(source.streamMs) ?? 0,
    tokens: number(source.tokens) ?? 0,
    isCounted: source.isCounted === true,
    prompt: number(source.prompt) ?? null,
  };
}

function samplingOf(source) {
  const entries = ["temperature", "top_p", "max_tokens"]
    .map((name) => [name, number(source?.[name])])
    .filter(([, value]) => value !== undefined);
  return { ...(source?.system && { system: text(source.system) }), ...Object.fromEntries(entries) };
}

function text(value) {
  if (value !== undefined && value !== null && (typeof value !== "string" || value.length > maxTextLength)) {
    throw new TypeError("A member is not a string, or is too long.");
  }
  return value ?? "";
}

function number(value) {
  return Number.isFinite(value) ? value : undefined;
}
