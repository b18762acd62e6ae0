// The body of a chat request.

/** @param sampling `{ system, temperature, top_p, max_tokens }`, each optional. */
export function toRequest(model, messages, { system, temperature, top_p, max_tokens } = {}) {
  return {
    ...(model && { model: model.id }),
    messages: system ? [{ role: "system", content: system }, ...messages] : messages,
    stream: true,
    stream_options: { include_usage: true },
    show_errors: false,
    ...(model?.isStored && { store: true }),
    ...(["think", "reasoning"].includes(model?.reasoning) && { reasoning_output: "reasoning_content" }),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { max_tokens }),
  };
}

/** The messages of a chat for the model. Reasoning and empty replies are not sent back to it. */
export function historyOf(messages) {
  return messages
    .filter((message) => message.role === "user" || message.text !== "")
    .map((message) => ({ role: message.role, content: contentOf(message) }));
}

function contentOf({ text, images, files = [] }) {
  const whole = [...files.map(quoted), text].filter(Boolean).join("\n\n");
  return images ? [{ type: "text", text: whole }, ...images.map((url) => ({ type: "image_url", image_url: { url } }))] : whole;
}

function quoted({ name, text }) {
  return `<file name="${name.replace(/["<>\s]+/g, " ")}">\n${text}\n</file>`;
}
