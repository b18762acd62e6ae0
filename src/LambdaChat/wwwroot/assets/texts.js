// The texts of the page, in the chosen language or the browser's: English or Chinese. And the name, logo and examples of the team whose
// page this is, which the function inserts into the page from its settings.
import { Preferences } from "./preferences.js";

const english = {
  newChat: "New chat", chats: "Chats", search: "Search chats", settings: "Settings", model: "Model", noModel: "No model", menu: "Chats",
  close: "Close",
  send: "Send", stop: "Stop", attach: "Attach files", removeFile: (name) => `Remove ${name}`, reading: (name) => `Reading ${name}…`,
  pastedName: "pasted text.txt",
  imagesNotTaken: "This model does not accept images.", fileTooLarge: (name) => `${name} is too long.`,
  fileUnreadable: (name) => `${name} cannot be read. Attach a text file, or a PDF without a password, of up to 20 MB.`,
  fileTooSlow: (name) => `${name} takes too long to read.`, fileEmpty: (name) => `${name} contains no text.`, removeImage: "Remove image",
  image: "Image", message: "Message", placeholder: "Ask something…",
  hint: "Enter to send, Shift+Enter for a new line, Esc to stop, ↑ to edit your last message",
  emptyTitle: "What do you want to know?", emptyText: "Chats are stored in this browser only.",
  emptyModel: (model) => `You are chatting with ${model}. Chats are stored in this browser only.`,
  you: "You", copy: "Copy", copyCode: "Copy code", wrapCode: "Wrap lines", downloadCode: "Download code", copyFormula: "Copy LaTeX source",
  footnote: (n) => `Footnote ${n}`, edit: "Edit", again: "Ask again", resend: "Send", cancel: "Cancel", continueReply: "Continue",
  thinking: "Thinking…", thought: (s) => `Thought for ${s} s`, waiting: (s) => `Waiting for the model… ${s} s`,
  waking: (s) => `Starting the model. This usually takes a few minutes… ${s} s`, reconnecting: "The connection was lost. Reconnecting…",
  answerReady: (text) => `Answer: ${text}`, answerBegins: (text) => `Answer: ${text}… The rest is in the chat.`,
  failed: (text) => `Error: ${text}`,
  first: (s) => `${s} s to the first token`, rate: (n) => `${n} tokens/s`, tokens: (n) => `${n} tokens`, about: (n) => `about ${n}`,
  prompt: (n) => `${n} in the prompt`,
  statistics: "Statistics", thoughtBriefly: "Thought for a moment", details: "Details", copyDetails: "Copy details", showMore: "Show more",
  showLess: "Show less",
  toolCall: (name) => `Tool call: ${name}`, noTools: "This page does not run tools.", queued: (text) => `Queued: ${text}`,
  unqueue: "Remove from the queue",
  example1: "Explain how a hash table works, with an example",
  example2: "Write a Python function that checks whether a word is a palindrome",
  example3: "Compare TCP and UDP in a table", today: "Today", yesterday: "Yesterday", thisWeek: "Last 7 days", earlier: "Earlier",
  previous: "Previous version", next: "Next version", againWith: "Ask another model", pin: "Pin", unpin: "Unpin", pinned: "Pinned",
  hideChats: "Hide chats",
  suggestTitle: "Generate a title", noTitle: "The model did not return a title.",
  titleRequest: "Give this chat a title of at most six words in its language. Reply with the title only.",
  shortcuts: "Keyboard shortcuts", shortcutSearch: "Search chats", shortcutNew: "New chat",
  stopped: "Stopped.", elsewhere: "Another tab is receiving the reply.", cut: "The reply reached the maximum length.",
  filtered: "The content filter stopped the reply.", noText: "The reply has no text.", latest: "Jump to the latest message",
  rename: "Rename", delete: "Delete", exportJson: "Export as JSON", exportMarkdown: "Export as Markdown",
  more: (title) => `More for ${title}`,
  deleteOne: (title) => `Delete “${title}”?`, deleteAll: "Delete all chats", deleteAllSure: "Delete all chats in this browser?",
  title: "Title", noMatch: "No chats found.",
  system: "System prompt", temperature: "Temperature", topP: "Top-p", maxTokens: "Maximum tokens", modelsOwn: "default",
  forThisChat: "This chat", forAllChats: "All chats", saved: "Saved", language: "Language", slider: "slider", shortcutLine: "New line",
  shortcutEdit: "Edit your last message", print: "Print", appearance: "Appearance",
  theme: "Theme", auto: "System", light: "Light", dark: "Dark", data: "Chats in this browser", exportAll: "Export all", importAll: "Import",
  access: "API access",
  changeKey: "Change key", forgetKey: "Forget key", imported: (n) => (n === 1 ? "1 chat imported." : `${n} chats imported.`),
  badImport: "This file is not a LambdaChat export.",
  keyTitle: "API key", keyText: (origin) => `The key for ${origin}. It is sent to this address only.`, key: "Key",
  keep: "Keep it in this browser", address: "API address", enter: "Test and use",
  testing: "Testing…", keyRefused: "The API key is incorrect.", done: "done", open: "open",
  imageTooLarge: "The images together are too large.", noImage: "The browser cannot read this image.",
  retryIn: (when) => ` Retry ${when}.`, offline: "You are offline. The message was not sent.",
  storeFailed: "This browser cannot store chats. They are lost when you close the page.",
  changeFailed: "This browser could not save the change.",
  fault_key: "The API key is not accepted.", advice_key: "Enter another key in the settings.",
  fault_origin: "The API key is not valid for this page.", advice_origin: "Enter another key in the settings.",
  fault_address: "The API was not found at this address.", advice_address: "Check the API address in the settings.",
  fault_starting: "The model is starting.", advice_starting: "It was scaled to zero and needs a few minutes to start. Ask again then.",
  fault_busy: "Too many requests.", advice_busy: "Wait a moment, then ask again.",
  fault_quota: "The usage limit is reached.", advice_quota: "Wait until the limit resets, or contact the administrator of this service.",
  fault_unavailable: "The service is temporarily unavailable.", advice_unavailable: "Ask again in a moment.",
  fault_context: "The chat is too long for the model.", advice_context: "Start a new chat, or shorten an earlier message.",
  fault_model: "The model does not exist.", advice_model: "Choose another model at the top of the page.",
  fault_setup: "The model is not configured correctly.", advice_setup: "Contact the administrator of this service.",
  fault_slow: "The model took too long.", advice_slow: "Continue the reply, or ask a smaller question.",
  fault_broken: "The reply was interrupted.", advice_broken: "The text received so far is kept. Continue the reply, or ask again.",
  fault_failed: "The model service failed.", advice_failed: "Ask again in a moment.",
  fault_unreachable: "The service cannot be reached.", advice_unreachable: "Check the network and the API address, then ask again.",
  fault_interrupted: "The page was closed during the reply.",
  advice_interrupted: "The text received so far is kept. Continue the reply, or ask again.",
  fault_large: "The request is too large.", advice_large: "Use smaller images, or start a new chat.",
  fault_long: "The reply is too long.", advice_long: "Ask for a shorter reply.",
  fault_other: "The request failed.", advice_other: "Ask again, or change the message.",
};

const chinese = {
  newChat: "新对话", chats: "对话", search: "搜索对话", settings: "设置", model: "模型", noModel: "没有可用模型", menu: "对话列表", close: "关闭",
  send: "发送", stop: "停止", attach: "添加附件", removeFile: (name) => `移除 ${name}`, reading: (name) => `正在读取 ${name}…`, pastedName: "粘贴的文本.txt",
  imagesNotTaken: "此模型不支持图片。", fileTooLarge: (name) => `${name} 的内容过长。`,
  fileUnreadable: (name) => `无法读取 ${name}。仅支持 20 MB 以内的文本文件和未加密的 PDF。`, fileTooSlow: (name) => `读取 ${name} 超时，已停止。`,
  fileEmpty: (name) => `${name} 中没有可提取的文字。`, removeImage: "移除图片", image: "图片", message: "消息", placeholder: "输入问题…",
  hint: "Enter 发送，Shift+Enter 换行，Esc 停止，↑ 编辑上一条消息",
  emptyTitle: "有什么可以帮到你？", emptyText: "对话仅保存在此浏览器中。", emptyModel: (model) => `当前模型：${model}。对话仅保存在此浏览器中。`,
  you: "你", copy: "复制", copyCode: "复制代码", wrapCode: "自动换行", downloadCode: "下载代码", copyFormula: "复制 LaTeX 源码", footnote: (n) => `脚注 ${n}`,
  edit: "编辑", again: "重新生成", resend: "发送", cancel: "取消", continueReply: "继续生成",
  thinking: "思考中…", thought: (s) => `已思考（用时 ${s} 秒）`, waiting: (s) => `正在等待模型响应…（${s} 秒）`,
  waking: (s) => `正在启动模型，通常需要几分钟…（${s} 秒）`, reconnecting: "连接已断开，正在重新连接…", answerReady: (text) => `回答：${text}`,
  answerBegins: (text) => `回答：${text}……其余内容请查看对话。`, failed: (text) => `错误：${text}`,
  first: (s) => `首 token 延迟 ${s} 秒`, rate: (n) => `${n} token/秒`, tokens: (n) => `输出：${n} token`, about: (n) => `约 ${n}`,
  prompt: (n) => `输入：${n} token`,
  statistics: "统计信息", thoughtBriefly: "已思考（用时不到 1 秒）", details: "详情", copyDetails: "复制详情", showMore: "展开", showLess: "收起",
  toolCall: (name) => `工具调用：${name}`, noTools: "此页面不会执行工具调用。", queued: (text) => `待发送：${text}`, unqueue: "取消发送",
  example1: "举例说明哈希表的工作原理", example2: "写一个判断回文词的 Python 函数",
  example3: "用表格比较 TCP 和 UDP", today: "今天", yesterday: "昨天", thisWeek: "最近 7 天", earlier: "更早",
  previous: "上一个版本", next: "下一个版本", againWith: "换个模型重新生成", pin: "置顶", unpin: "取消置顶", pinned: "已置顶", hideChats: "收起对话列表",
  suggestTitle: "生成标题", noTitle: "模型未能生成标题。", titleRequest: "请为这段对话拟一个标题，使用对话本身的语言，不超过 15 个字。只输出标题。",
  shortcuts: "键盘快捷键", shortcutSearch: "搜索对话", shortcutNew: "新对话",
  stopped: "已停止。", elsewhere: "正在另一个标签页中生成回答…", cut: "已达到最大输出长度，回答不完整。", filtered: "回答触发了内容过滤，已中止。", noText: "回答没有内容。", latest: "跳转到最新消息",
  rename: "重命名", delete: "删除", exportJson: "导出为 JSON", exportMarkdown: "导出为 Markdown", more: (title) => `“${title}”的更多操作`,
  deleteOne: (title) => `确定删除“${title}”吗？`, deleteAll: "删除所有对话", deleteAllSure: "确定删除此浏览器中的所有对话吗？", title: "标题", noMatch: "未找到相关对话。",
  system: "系统提示词", temperature: "温度", topP: "Top-p", maxTokens: "最大 token 数", modelsOwn: "默认", forThisChat: "当前对话", forAllChats: "所有对话",
  saved: "已保存", language: "语言", slider: "滑块", shortcutLine: "换行", shortcutEdit: "编辑上一条消息", print: "打印", appearance: "外观",
  theme: "主题", auto: "跟随系统", light: "浅色", dark: "深色", data: "此浏览器中的对话", exportAll: "全部导出", importAll: "导入", access: "API 访问",
  changeKey: "更换密钥", forgetKey: "清除密钥", imported: (n) => `已导入 ${n} 个对话。`, badImport: "导入失败：此文件不是 LambdaChat 导出的文件。",
  keyTitle: "API 密钥", keyText: (origin) => `请输入 ${origin} 的密钥。密钥只会发送到该地址。`, key: "密钥", keep: "保存在此浏览器中", address: "API 地址", enter: "验证并使用",
  testing: "正在验证…", keyRefused: "API 密钥不正确。", done: "已完成", open: "未完成", imageTooLarge: "图片总大小超出限制。", noImage: "浏览器无法读取此图片。",
  retryIn: (when) => `${when}可重试。`, offline: "当前网络不可用，消息未发送。", storeFailed: "此浏览器无法保存对话，关闭页面后对话将丢失。",
  changeFailed: "浏览器未能保存此更改。",
  fault_key: "API 密钥无效。", advice_key: "请在设置中更换密钥。",
  fault_origin: "此 API 密钥不能用于此页面。", advice_origin: "请在设置中更换密钥。",
  fault_address: "未在此地址找到 API。", advice_address: "请在设置中检查 API 地址。",
  fault_starting: "模型正在启动。", advice_starting: "模型因长时间空闲已停止运行，重新启动需要几分钟，请稍后重试。",
  fault_busy: "请求过于频繁。", advice_busy: "请稍后重试。",
  fault_quota: "已达到使用限额。", advice_quota: "请等待限额重置，或联系服务管理员。",
  fault_unavailable: "服务暂时不可用。", advice_unavailable: "请稍后重试。",
  fault_context: "对话超出了模型的上下文长度。", advice_context: "请新建对话，或缩短之前的消息。",
  fault_model: "模型不存在。", advice_model: "请在页面顶部选择其他模型。",
  fault_setup: "模型配置有误。", advice_setup: "请联系服务管理员。",
  fault_slow: "模型响应超时。", advice_slow: "可以点击“继续生成”，或缩小问题的范围。",
  fault_broken: "回答已中断。", advice_broken: "已收到的内容会保留，可以点击“继续生成”或“重新生成”。",
  fault_failed: "模型服务出错。", advice_failed: "请稍后重试。",
  fault_unreachable: "无法连接到服务。", advice_unreachable: "请检查网络和 API 地址，然后重试。",
  fault_interrupted: "生成回答时页面被关闭。", advice_interrupted: "已收到的内容会保留，可以点击“继续生成”或“重新生成”。",
  fault_large: "请求内容过大。", advice_large: "请换用较小的图片，或新建对话。",
  fault_long: "回答过长。", advice_long: "请让模型回答得简短一些。",
  fault_other: "请求失败。", advice_other: "请重试，或修改消息后再发送。",
};

const { language: chosen } = new Preferences();

export const language = chosen === "zh" || (chosen !== "en" && navigator.language.toLowerCase().startsWith("zh")) ? "zh" : "en";

export const dictionaries = { en: english, zh: chinese };

const texts = dictionaries[language];

/** The text of a key. Further arguments fill its placeholders. */
export function t(key, ...values) {
  const text = texts[key];
  return typeof text === "function" ? text(...values) : text;
}

const content = document.querySelector("meta[name=page]")?.content;
const { title = "LambdaChat", logo = "assets/icon.svg", examples = null } = JSON.parse(content || "{}");

/** `{ title, logo, examples }`. `examples` is null for the page's own ones. */
export const pageSettings = { title, logo, examples };
