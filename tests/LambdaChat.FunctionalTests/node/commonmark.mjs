// Prints the examples of the CommonMark specification that apply to the page: those without HTML in their output that Markdown does not
// make.
import { tests } from "commonmark-spec";

const known = /^<\/?(?:p|h[1-6]|ul|ol|li|blockquote|pre|code|hr|br|em|strong|a|img)(?:\s[^>]*)?>$/;
const usesHtml = ({ section, markdown, html }) =>
  section === "HTML blocks" ||
  section === "Raw HTML" ||
  (html.match(/<[^>]*>/g) ?? []).some((tag) => !known.test(tag)) ||
  /<(?:a|b|del|p|div|img|!--|\?|!)[\s/>-]/.test(markdown);

const tabs = (text) => text.replaceAll("→", "\t");

console.log(
  JSON.stringify(
    tests.filter((test) => !usesHtml(test)).map(({ markdown, html, number }) => ({ markdown: tabs(markdown), html: tabs(html), number })),
  ),
);
