// The name, logo and examples of the team whose page this is. The function inserts them into the page from its settings.

const content = document.querySelector("meta[name=page]")?.content;
const { title = "LambdaChat", logo = "assets/icon.svg", examples = null } = JSON.parse(content || "{}");

/** `{ title, logo, examples }`. `examples` is null for the page's own ones. */
export const pageSettings = { title, logo, examples };
