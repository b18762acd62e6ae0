import { firstCharacters } from "./characters.js";
import { newId } from "./dom.js";
import { thoughtLabel } from "./message-parts.js";
import { t } from "./texts.js";

const format = "lambdachat";
const maxTextLength = 20_000_000;
const imageUrl = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/;

export function toJson(chats) {
  return JSON.stringify(
    {
      format,
      version: 1,
      chats: chats.map(({ chat, messages, versions }) => ({
        ...chat,
        messages: messages.map(withoutKey),
        ...(versions.length > 0 && { versions: versions.map(toVersion) }),
      })),
    },
    null,
    1,
  );
}

function withoutKey({ id: _, chat: __, index: ___, ...message }) {
  return message;
}

function toVersion({ index: id, messages }) {
  return { id, start: messages[0].index, messages: messages.map(withoutKey) };
}

export function toMarkdown(chat, messages) {
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

/**
 * Reads an export into `[{ chat, messages, versions }]` with new ids. Only known members with valid values are accepted; images must be
 * data URLs.
 * @throws If the file is not an export of this page.
 */
export function fromJson(json) {
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
