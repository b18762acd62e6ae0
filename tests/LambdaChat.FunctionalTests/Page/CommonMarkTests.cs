using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The examples of the CommonMark specification, from npm's <c>commonmark-spec</c>, drawn by the page.</summary>
public sealed partial class CommonMarkTests(PageFixture fixture)
{
    // HTML is text on this page, so examples that contain HTML do not apply. Neither do those with links to relative addresses, which are
    // not linked. Bare URLs and email addresses are links as in GFM (5), `\[…\]` is a formula (1), an image inside a link is its text (2),
    // and an image without a text is its address (1).
    private const int Exceptions = 9;

    private const string Draw = """
        async (examples) => {
          const { renderMarkdown } = await import("/assets/render.js");
          const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
          const attribute = (element, name, as = name) => (element.getAttribute(name) === null ? "" : ` ${as}="${escape(element.getAttribute(name))}"`);
          const inner = (element) => [...element.childNodes].map(toHtml).join("");
          const toHtml = (node) => {
            if (node.nodeType === 3) return escape(node.data);
            const name = node.localName;
            if (/^h[3-6]$/.test(name)) return `<h${name[1] - 2}>${inner(node)}</h${name[1] - 2}>`;
            if (name === "div" && node.className === "part") return inner(node);
            if (name === "div" && node.className === "code") {
              const language = node.querySelector(".code-head span").textContent;
              const text = node.querySelector("pre").textContent;
              return `<pre><code${language && ` class="language-${escape(language)}"`}>${escape(text)}${text && "\n"}</code></pre>`;
            }
            if (name === "a" && node.className === "image-link") return `<img src="${escape(node.getAttribute("href"))}" alt="${escape(node.textContent)}"${attribute(node, "title")}>`;
            if (name === "a") return `<a${attribute(node, "href")}${attribute(node, "title")}>${inner(node)}</a>`;
            if (name === "span" && node.className === "dead-link image") return `<img src="${escape(node.title)}" alt="${escape(node.textContent)}">`;
            if (name === "span" && node.className === "dead-link") return `<a${attribute(node, "title", "href")}>${inner(node)}</a>`;
            if (name === "hr" || name === "br") return `<${name}>`;
            return `<${name}${name === "ol" ? attribute(node, "start") : ""}>${inner(node)}</${name}>`;
          };
          return examples.map((text) => {
            const element = document.createElement("div");
            renderMarkdown(element, text);
            return inner(element);
          });
        }
        """;

    [Fact]
    public async Task Examples_OfTheSpecification_AreDrawnAsSpecified()
    {
        var examples = (await Node.RunAsync("commonmark.mjs", [])).AsArray()
            .Select(example => (Markdown: (string)example!["markdown"]!, Html: (string)example["html"]!)).ToList();
        await using var page = await fixture.OpenAsync();

        var drawn = await page.Page.EvaluateAsync<string[]>(Draw, examples.Select(example => example.Markdown));

        var failures = examples.Zip(drawn).Where(pair => Normalize(pair.First.Html) != Normalize(pair.Second))
            .Select(pair => $"{pair.First.Markdown}\n-- expected\n{Normalize(pair.First.Html)}\n-- drawn\n{Normalize(pair.Second)}\n")
                .ToList();
        Assert.InRange(examples.Count, 500, 652);
        Assert.True(failures.Count <= Exceptions, $"{failures.Count} of {examples.Count}\n{string.Join('\n', failures)}");
    }

    // Line ends beside block tags have no meaning. The page's headings start at h3, so that the fifth and sixth level are the same as the
    // fourth.
    private static string Normalize(string html)
    {
        html = html.Replace(" />", ">", StringComparison.Ordinal).Replace("<br>\n", "<br>", StringComparison.Ordinal);
        html = DeepHeading().Replace(html, "h4>");
        html = RelativeLinkTitle().Replace(html, "$1>");
        return BlockSpace().Replace(html, "$1").Trim();
    }

    [GeneratedRegex(@"\bh[56]>")]
    private static partial Regex DeepHeading();

    // The page shows the address of a link that it does not follow as its title.
    [GeneratedRegex("(<(?:a href|img src)=\"(?!https?:|mailto:)[^\"]*\"(?: alt=\"[^\"]*\")?) title=\"[^\"]*\">")]
    private static partial Regex RelativeLinkTitle();

    [GeneratedRegex(@"\s*(</?(?:p|h\d|ul|ol|li|blockquote|pre|hr)\b[^>]*>)\s*")]
    private static partial Regex BlockSpace();
}
