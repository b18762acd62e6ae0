namespace LambdaChat.FunctionalTests.Page;

/// <summary>A streamed text has the same elements as the whole text, wherever it is cut.</summary>
public sealed class StreamedTextTests(PageFixture fixture)
{
    // Adds a text in the given pieces and returns the elements, without what depends on the loading of libraries.
    private const string Draw = """
        const { MarkdownView } = await import("/assets/render.js");
        const draw = (pieces) => {
          const element = document.createElement("div");
          const view = new MarkdownView(element);
          pieces.forEach((piece) => view.append(piece));
          view.end();
          element.querySelectorAll(".math").forEach((formula) => formula.replaceChildren(formula.dataset.source ?? formula.textContent));
          element.querySelectorAll(".code-head").forEach((head) => head.remove());
          return element.innerHTML;
        };
        """;

    [Theory]
    [InlineData("- a\n\\[\n~~s~~ b\n+ p\n", "<ul><li>a\n[\n<del>s</del> b</li></ul><ul><li>p</li></ul>")]
    [InlineData("A price in\n$$\n\n- b\n", "<p>A price in\n$$</p><ul><li>b</li></ul>")]
    [InlineData("> q\n\\[\n```\nc\n```\n",
        "<blockquote><p>q\n[</p></blockquote><div class=\"code\"><pre tabindex=\"0\"><code class=\"piece\">c</code></pre></div>")]
    [InlineData("$$ is much.\n\nThe other has $$", "<p>$$ is much.</p><p>The other has $$</p>")]
    [InlineData("Use `\\(` to\n- open and `\\)` to close",
        "<p>Use <code>\\(</code> to</p><ul><li>open and <code>\\)</code> to close</li></ul>")]
    [InlineData("a\n\\(b\n- c\n\nd\\)", "<p>a\n(b</p><ul><li>c</li></ul><p>d)</p>")]
    [InlineData("a \\[ b\n- c\n\n# d\n\\]", "<p>a [ b</p><ul><li>c</li></ul><h3>d</h3><p>]</p>")]
    [InlineData("\\[ a\n- b\n\n+ c\n\\]\nd",
        "<div class=\"math display\" data-source=\"\\[ a\n- b\n\n+ c\n\\]\">\\[ a\n- b\n\n+ c\n\\]</div><p>d</p>")]
    [InlineData("Price: $$\n- Pizza $$\n- Truffles $$$", "<p>Price: $$</p><ul><li>Pizza $$</li><li>Truffles $$$</li></ul>")]
    [InlineData("a \\(b\n- c\\) d\n- e",
        "<p>a <span class=\"math\" data-source=\"\\(b\n- c\\)\">\\(b\n- c\\)</span> d</p><ul><li>e</li></ul>")]
    [InlineData("in [\\(a\\), \\(b\n- c",
        "<p>in [<span class=\"math\" data-source=\"\\(a\\)\">\\(a\\)</span>, (b</p><ul><li>c</li></ul>")]
    [InlineData("a\n\\[\nx\n\\]\nb", "<p>a</p><div class=\"math display\" data-source=\"\\[\nx\n\\]\">\\[\nx\n\\]</div><p>b</p>")]
    [InlineData("So:\n\\begin{align*}\na &= b\n\n- c\n\\end{align*}\nd",
        "<p>So:</p><div class=\"math display\" data-source=\"\\begin{align*}\na &amp;= b\n\n- c\n\\end{align*}\">" +
            "\\begin{align*}\na &amp;= b\n\n- c\n\\end{align*}</div><p>d</p>")]
    [InlineData("\\begin{align}\na\n\n- b", "<p>\\begin{align}\na</p><ul><li>b</li></ul>")]
    [InlineData("\\begin{itemize}\na\n\\end{itemize}", "<p>\\begin{itemize}\na\n\\end{itemize}</p>")]
    public async Task Formula_WithAndWithoutItsEnd_IsTheSameAtEachCut(string text, string expected)
    {
        await using var page = await fixture.OpenAsync();

        Assert.Equal($"<div class=\"part\">{expected}</div>", Assert.Single(await DrawAsync(page, text)));
    }

    [Fact]
    public async Task Text_AsModelsWriteIt_IsTheSameAtEachCut()
    {
        await using var page = await fixture.OpenAsync();
        (string Text, string Expected)[] texts =
        [
            ("**“文本”**后，**注意：**这里，是**50%**的", "<p><strong>“文本”</strong>后，<strong>注意：</strong>这里，是<strong>50%</strong>的</p>"),
            ("说**「你好」**然后体积=长*（宽+高）*2~~删除。~~后",
                "<p>说<strong>「你好」</strong>然后体积=长*（宽+高）*2<del>删除。</del>后</p>"),
            ("**마크다운(Markdown)**은 **です。**また", "<p><strong>마크다운(Markdown)</strong>은 <strong>です。</strong>また</p>"),
            ("a**“b”**c 2 ** 3 中 ** 文", "<p>a**“b”**c 2 ** 3 中 ** 文</p>"), // As CommonMark says.
            ("t\n| a | `b|c` |\n|---|---|\n| `x || y` | $|z|$ |\n| $5 | $6 |\n| \\(|u|\\) | v | w |\n",
                "<p>t</p><div class=\"table\" tabindex=\"0\"><table><thead><tr><th>a</th><th><code>b|c</code></th></tr></thead><tbody>" +
                "<tr><td><code>x || y</code></td><td><span class=\"math\" data-source=\"$|z|$\">$|z|$</span></td></tr>" +
                "<tr><td>$5</td><td>$6</td></tr>" +
                "<tr><td><span class=\"math\" data-source=\"\\(|u|\\)\">\\(|u|\\)</span></td><td>v</td></tr></tbody></table></div>"),
            ("H<sub>2</sub>O <kbd>Ctrl</kbd> x<sup>**2**</sup> <b id=a>c</b> <sub>d",
                "<p>H<sub>2</sub>O <kbd>Ctrl</kbd> x<sup><strong>2</strong></sup> &lt;b id=a&gt;c&lt;/b&gt; &lt;sub&gt;d</p>"),
        ];

        foreach (var (text, expected) in texts)
        {
            Assert.Equal($"<div class=\"part\">{expected}</div>", Assert.Single(await DrawAsync(page, text)));
        }
    }

    [Fact]
    public async Task Text_OfRandomLines_IsTheSameInPieces()
    {
        await using var page = await fixture.OpenAsync();

        var different = await page.Page.EvaluateAsync<string[]>(
            $$"""
            async () => {
              {{Draw}}
              const lines = [
                "- a\n", "  b\n", "\n", "1. x\n", "   - y\n", "```js\n", "let a;\n", "```\n", "~~~\n", "> q\n", "> - l\n",
                "| a | b |\n", "|---|:-:|\n", "| 1 | $x$ |\n", "$$\n", "x^2\n", "\\[\n", "\\]\n", "\\( a \\)", "text ", "**b", "** ",
                "\\(x\n", "- y\\) ", "\\[ a_1\n", "$$ b^2\n", "c $$\n",
                "[l](https://a.b) ", "[r] ", "# h\n", "---\n", "===\n", "    code\n", "<br>", "`c` ", "- [x] d\n", "$5 and $6 ",
                "https://e.f/g_h ", "😀", "中文，", "&amp; ", "**“q”**后", "~~，~~",
                "| `c|d` | \\(|y|\\) |\n", "H<sub>2</sub>O ", "\t- tab\n", "\\\n", "\r\n",
              ];
              let state = 1;
              const random = (count) => {
                state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
                return Math.floor((state / 2 ** 32) * count);
              };
              const different = [];
              for (let i = 0; i < 300; i++) {
                const text = Array.from({ length: 3 + random(25) }, () => lines[random(lines.length)]).join("");
                const pieces = [];
                for (let start = 0, end; start < text.length; start = end) {
                  end = start + 1 + random(6);
                  pieces.push(text.slice(start, end));
                }
                if (draw([text]) !== draw(pieces)) {
                  different.push(text);
                }
              }
              return different;
            }
            """);

        Assert.Empty(different);
    }

    // The different results of the whole text, of its characters, and of its halves at each cut.
    private static Task<string[]> DrawAsync(ChatPage page, string text) =>
        page.Page.EvaluateAsync<string[]>(
            $$"""
            async (text) => {
              {{Draw}}
              return [...new Set([draw([text]), draw([...text]), ...[...text].map((_, i) => draw([text.slice(0, i), text.slice(i)]))])];
            }
            """,
            text);
}
