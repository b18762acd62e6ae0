// The page's words, in the browser's language: Chinese where it is, English anywhere else.

const english = {
  newChat: "New chat", chats: "Chats", search: "Search chats", settings: "Settings", model: "Model", noModel: "No model", menu: "Chats", close: "Close",
  send: "Send", stop: "Stop", attach: "Add an image", removeImage: "Remove the image", image: "Image", message: "Message", placeholder: "Ask something…",
  hint: "Enter sends, Shift+Enter makes a new line, Esc stops, ↑ edits your last message",
  emptyTitle: "What do you want to know?", emptyText: "Chats are kept in this browser only.",
  you: "You", copy: "Copy", copyCode: "Copy the code", edit: "Edit", again: "Ask again", resend: "Send", cancel: "Cancel", save: "Save", continueReply: "Continue",
  thinking: "Thinking…", thought: (s) => `Thought for ${s} s`, waiting: (s) => `Waiting for the model… ${s} s`,
  waking: (s) => `Waking the model, usually some minutes… ${s} s`, answerReady: (text) => `Answer: ${text}`, answerBegins: (text) => `The answer begins: ${text}… The rest stands in the chat.`, failed: (text) => `Failed: ${text}`,
  first: (s) => `${s} s to the first token`, rate: (n) => `${n} tokens/s`, tokens: (n) => `${n} tokens`, about: (n) => `about ${n}`, prompt: (n) => `${n} in the prompt`,
  stopped: "Stopped.", cut: "The reply reached the longest length allowed.", filtered: "The model's filter ended the reply.", latest: "To the latest message",
  rename: "Rename", delete: "Delete", exportJson: "Export as JSON", exportMarkdown: "Export as Markdown", more: (title) => `More for ${title}`,
  deleteOne: (title) => `Delete “${title}”?`, deleteAll: "Delete all chats", deleteAllSure: "Delete all chats in this browser?", title: "Title", noMatch: "No chat has this text.",
  system: "System prompt", temperature: "Temperature", topP: "top_p", maxTokens: "max_tokens", modelsOwn: "default", forThisChat: "This chat", appearance: "Appearance",
  theme: "Colours", auto: "As the system", light: "Light", dark: "Dark", data: "Chats in this browser", exportAll: "Export all", importAll: "Import", access: "Access",
  changeKey: "Change the key", forgetKey: "Forget the key", imported: (n) => `${n} chats imported.`, badImport: "This file holds no chats of this page.",
  keyTitle: "API key", keyText: (origin) => `The key for ${origin}. It is sent there and nowhere else.`, key: "Key", keep: "Keep it in this browser", address: "API address", enter: "Test and use",
  testing: "Testing…", keyRefused: "The API does not know this key.", done: "done", open: "open", imageTooLarge: "The images are too large together.", noImage: "This is no image that the browser can read.",
  retryIn: (s) => `It asks for ${s} s of patience.`, storeFailed: "This browser keeps no chats: they are gone when the page is closed.", loadModels: "Try again",
  fault_key: "The key is not accepted.", advice_key: "Enter another key in the settings.",
  fault_starting: "The model is starting.", advice_starting: "It was asleep, and waking takes some minutes. Ask again then.",
  fault_busy: "Too many requests at once.", advice_busy: "Wait a little and ask again.",
  fault_context: "The chat is too long for the model.", advice_context: "Start a new chat, or edit an earlier message to go on from there.",
  fault_model: "This model does not exist any more.", advice_model: "Choose another one above.",
  fault_setup: "The model is not set up correctly.", advice_setup: "Only who runs this service can mend that; the details below say what is wrong.",
  fault_slow: "The model took too long.", advice_slow: "Continue, or ask for less at once.",
  fault_broken: "The reply broke off.", advice_broken: "What came is kept. Continue from there, or ask again.",
  fault_failed: "The model's service failed.", advice_failed: "Ask again in a moment.",
  fault_unreachable: "The service cannot be reached.", advice_unreachable: "Check the network and the API's address, then ask again.",
  fault_interrupted: "The page was closed while the reply came.", advice_interrupted: "What came is kept. Continue from there, or ask again.",
  fault_large: "The request is too large.", advice_large: "Use smaller images, or start a new chat.",
  fault_other: "The request failed.", advice_other: "The details below say why. Ask again, or change the message.",
};

const chinese = {
  newChat: "新对话", chats: "对话", search: "搜索对话", settings: "设置", model: "模型", noModel: "没有模型", menu: "对话列表", close: "关闭",
  send: "发送", stop: "停止", attach: "添加图片", removeImage: "移除图片", image: "图片", message: "消息", placeholder: "问点什么…",
  hint: "Enter 发送，Shift+Enter 换行，Esc 停止，↑ 编辑上一条消息",
  emptyTitle: "想了解什么？", emptyText: "对话只保存在此浏览器中。",
  you: "你", copy: "复制", copyCode: "复制代码", edit: "编辑", again: "重新回答", resend: "发送", cancel: "取消", save: "保存", continueReply: "继续",
  thinking: "思考中…", thought: (s) => `思考了 ${s} 秒`, waiting: (s) => `等待模型… ${s} 秒`,
  waking: (s) => `正在唤醒模型，通常需要几分钟… ${s} 秒`, answerReady: (text) => `回答：${text}`, answerBegins: (text) => `回答开头：${text}……其余内容在对话中。`, failed: (text) => `失败：${text}`,
  first: (s) => `首个词元 ${s} 秒`, rate: (n) => `每秒 ${n} 词元`, tokens: (n) => `共 ${n} 词元`, about: (n) => `约 ${n}`, prompt: (n) => `提示词 ${n}`,
  stopped: "已停止。", cut: "回答达到了允许的最大长度。", filtered: "回答被模型的过滤器中止。", latest: "跳到最新消息",
  rename: "重命名", delete: "删除", exportJson: "导出为 JSON", exportMarkdown: "导出为 Markdown", more: (title) => `${title} 的更多操作`,
  deleteOne: (title) => `删除“${title}”？`, deleteAll: "删除所有对话", deleteAllSure: "删除此浏览器中的所有对话？", title: "标题", noMatch: "没有包含此文字的对话。",
  system: "系统提示词", temperature: "温度 (temperature)", topP: "top_p", maxTokens: "max_tokens", modelsOwn: "默认", forThisChat: "当前对话", appearance: "外观",
  theme: "颜色", auto: "跟随系统", light: "浅色", dark: "深色", data: "此浏览器中的对话", exportAll: "全部导出", importAll: "导入", access: "访问",
  changeKey: "更换密钥", forgetKey: "忘记密钥", imported: (n) => `已导入 ${n} 个对话。`, badImport: "此文件不含本页面的对话。",
  keyTitle: "API 密钥", keyText: (origin) => `${origin} 的密钥，只会发送到该地址。`, key: "密钥", keep: "保存在此浏览器中", address: "API 地址", enter: "测试并使用",
  testing: "测试中…", keyRefused: "API 不认识此密钥。", done: "已完成", open: "未完成", imageTooLarge: "图片总大小超出限制。", noImage: "浏览器无法读取此图片。",
  retryIn: (s) => `服务要求等待 ${s} 秒。`, storeFailed: "此浏览器无法保存对话：关闭页面后对话将消失。", loadModels: "重试",
  fault_key: "密钥未被接受。", advice_key: "请在设置中输入其他密钥。",
  fault_starting: "模型正在启动。", advice_starting: "模型处于休眠状态，唤醒需要几分钟，请稍后再试。",
  fault_busy: "请求过多。", advice_busy: "请稍候再试。",
  fault_context: "对话超出了模型的长度。", advice_context: "请新建对话，或编辑较早的消息从那里继续。",
  fault_model: "该模型已不存在。", advice_model: "请在上方选择其他模型。",
  fault_setup: "模型配置有误。", advice_setup: "只有服务的管理者能够修复，下方有详细信息。",
  fault_slow: "模型用时过长。", advice_slow: "请继续，或一次少问一些。",
  fault_broken: "回答中断了。", advice_broken: "已收到的内容已保留。可以从那里继续，或重新回答。",
  fault_failed: "模型服务出错。", advice_failed: "请稍后再试。",
  fault_unreachable: "无法连接到服务。", advice_unreachable: "请检查网络和 API 地址后重试。",
  fault_interrupted: "回答期间页面被关闭。", advice_interrupted: "已收到的内容已保留。可以从那里继续，或重新回答。",
  fault_large: "请求过大。", advice_large: "请使用更小的图片，或新建对话。",
  fault_other: "请求失败。", advice_other: "下方有原因。可以重试，或修改消息。",
};

export const language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";

export const dictionaries = { en: english, zh: chinese };

const words = dictionaries[language];

/** The words for a key; what they are made of comes after it. */
export function t(key, ...parts) {
  const text = words[key];
  return typeof text === "function" ? text(...parts) : text;
}
