using System.Text;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page's event stream parser and its Markdown view, in the browser, with every cut of the input.</summary>
public sealed class ReadingTests(PageFixture fixture)
{
    private const string Events =
        ": keep-alive\n\ndata: {\"a\":\"héllo 你好 🤔\"}\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata\n\n: c\rdata: cr\r\rid: 7\ndata: " +
            " two spaces\n\n\n\ndata: [DONE]\n\ndata: never ends";

    private const string Document = """
        # Title *one* #

        A paragraph with **bold**, _em_, ~~gone~~, `code *x*` and ***both***; 2 * 3 * 4, snake_case_name, \*not\*.
        Its second line, https://example.com/a_(b). And <https://example.com> or [a link](https://example.com/x "t").
        - first
        - second with `x`
          and more
          - nested **deep**

          a paragraph in the item
        - [x] done
        - [ ] open

        1. one
        2. two

           ```js
           const a = "```";
           ```
        3. three
        after the list

        > quoted *text*
        > - item
        >
        > ```
        > code
        > ```

        | a | b \| c |
        |:--|--:|
        | `1` | **2** |
        | 3 |
        not a row

        ---
        ```python title
        def f(x):

            return x * 2  # **not bold**
        ```
        $$
        \int_0^1 x^2 dx
        $$

        Inline $a_1 + b_1$ and \(x_1\), but $5 and $6.

        你好**世界**，看https://example.com/路。1. 不是列表
        ~~~
        open code
        """;

    private static readonly (string Text, string Html)[] Kinds =
    [
        ("a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>"),
        ("***a*** __b__ _c_ 2 * 3 * 4 a_b_c **open",
            "<p><em><strong>a</strong></em> <strong>b</strong> <em>c</em> 2 * 3 * 4 a_b_c **open</p>"),
        ("*a **b** c* \\*d\\* ``e`f``", "<p><em>a <strong>b</strong> c</em> *d* <code>e`f</code></p>"),
        ("# A\n###### B ##\ntext", "<h3>A</h3><h6>B</h6><p>text</p>"),
        ("a\nb\n\nc", "<p>a\nb</p><p>c</p>"),
        ("- a\n- b\n  - c\n\n1. x\n2. y", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol><li>x</li><li>y</li></ol>"),
        ("3. c\n4. d", "<ol start=\"3\"><li>c</li><li>d</li></ol>"),
        ("In\n2024. it was", "<p>In\n2024. it was</p>"),
        ("> a\n> > b\n\n---", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote><hr>"),
        ("[a](https://x.example/ \"t\") [b](/rel) <mailto:a@x.example>",
            "<p><a href=\"https://x.example/\" title=\"t\">a</a> <span class=\"dead-link\" title=\"/rel\">b</span> <a " +
                "href=\"mailto:a@x.example\">mailto:a@x.example</a></p>"),
        ("![pic](https://x.example/p.png)", "<p><a href=\"https://x.example/p.png\" class=\"image-link\">pic</a></p>"),
        ("(https://x.example/a_(b)) https://x.example/c.",
            "<p>(<a href=\"https://x.example/a_(b)\">https://x.example/a_(b)</a>) <a " +
                "href=\"https://x.example/c\">https://x.example/c</a>.</p>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("- [x] a\n- [ ] b",
            "<ul><li class=\"task\"><input type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"done\">a</li><li " +
                "class=\"task\"><input type=\"checkbox\" disabled=\"\" aria-label=\"open\">b</li></ul>"),
        ("[a][1] and [b]\n\n[1]: https://x.example/1\n[b]: https://x.example/b",
            "<p><a href=\"https://x.example/1\">a</a> and <a href=\"https://x.example/b\">b</a></p>"),
        ("a[^1]\n\n[^1]: Note *one*.",
            "<p>a<sup><button type=\"button\" class=\"footnote-ref\" aria-label=\"Footnote 1\">[1]</button></sup></p><section " +
                "class=\"footnotes\"><ol><li data-footnote=\"1\"><p>Note <em>one</em>.</p></li></ol></section>"),
        ("www.x.example/a, me@x.example.",
            "<p><a href=\"https://www.x.example/a\">www.x.example/a</a>, <a href=\"mailto:me@x.example\">me@x.example</a>.</p>"),
        ("a<br>b<br/>c", "<p>a<br>b<br>c</p>"),
        ("a\\\nb", "<p>a<br>b</p>"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 |",
            "<div class=\"table\"><table><thead><tr><th>a</th><th class=\"center\">b</th></tr></thead><tbody><tr><td>1</td><td " +
                "class=\"center\">2</td></tr><tr><td>3</td><td class=\"center\"></td></tr></tbody></table></div>"),
        ("```js\na < b\n```\nc", "<div class=\"code\"><pre><code class=\"piece\">a &lt; b</code></pre></div><p>c</p>"),
        ("<b>no</b> &amp;", "<p>&lt;b&gt;no&lt;/b&gt; &amp;</p>"),
    ];

    [Fact]
    public async Task Events_CutAnywhere_AreTheSame()
    {
        await using var page = await fixture.OpenAsync();

        var result = await page.Page.EvaluateAsync<string>(
            """
            async (text) => {
              const { EventReader } = await import("/assets/sse.js");
              const bytes = new TextEncoder().encode(text);
              const read = (...ends) => {
                const reader = new EventReader();
                return JSON.stringify([0, ...ends].flatMap((start, i) => reader.push(bytes.slice(start, ends[i] ?? bytes.length))));
              };
              const whole = read();
              for (let i = 0; i <= bytes.length; i++) {
                for (let j = i; j <= bytes.length; j++) {
                  if (read(i, j) !== whole) return `cut at ${i} and ${j}: ${read(i, j)}`;
                }
              }
              return read(...bytes.keys()) === whole ? whole : `byte by byte: ${read(...bytes.keys())}`;
            }
            """,
            Events);

        string[] expected =
        [
            """{"comment":"keep-alive"}""", """{"data":"{\"a\":\"héllo 你好 🤔\"}"}""", """{"data":"one\ntwo"}""", """{"data":""}""",
                """{"comment":"c"}""",
            """{"data":"cr"}""", """{"data":" two spaces","id":"7"}""", """{"data":"[DONE]"}""",
        ];
        Assert.Equal($"[{string.Join(',', expected)}]", result);
    }

    [Fact]
    public async Task Markdown_CutAnywhere_IsDrawnTheSame()
    {
        await using var page = await fixture.OpenAsync();

        var result = await page.Page.EvaluateAsync<string>(
            """
            async (text) => {
              const { MarkdownView } = await import("/assets/render.js");
              const draw = (...pieces) => {
                const element = document.createElement("div");
                const view = new MarkdownView(element);
                pieces.forEach((piece) => view.append(piece));
                return element.innerHTML;
              };
              const whole = draw(text);
              for (let i = 0; i <= text.length; i++) {
                if (draw(text.slice(0, i), text.slice(i)) !== whole) return `cut at ${i}: ${text.slice(i - 20, i)}`;
              }
              return draw(...text) === whole ? "" : "character by character";
            }
            """,
            Document);

        Assert.Equal("", result);
    }

    [Fact]
    public async Task Markdown_OfEachKind_BecomesItsElements()
    {
        await using var page = await fixture.OpenAsync();

        var drawn = await page.Page.EvaluateAsync<string[]>(
            """
            async (texts) => {
              const { renderMarkdown } = await import("/assets/render.js");
              return texts.map((text) => {
                const element = document.createElement("div");
                renderMarkdown(element, text);
                element.querySelectorAll(".code-head").forEach((head) => head.remove());
                element.querySelectorAll("*").forEach((inner) => ["tabindex", "rel", "target"].forEach((name) => inner.removeAttribute(name)));
                return [...element.children].map((part) => part.innerHTML).join("");
              });
            }
            """,
            Kinds.Select(kind => kind.Text));

        Assert.Equal(Kinds.Select(kind => kind.Html), drawn);
    }

    [Fact]
    public async Task Text_WithoutSpaces_IsCutBetweenCharacters()
    {
        const string Family = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466";
        await using var page = await fixture.OpenAsync();

        var paragraphs = await page.Page.EvaluateAsync<string[]>(
            """
            async (text) => {
              const { renderMarkdown } = await import("/assets/render.js");
              const element = document.createElement("div");
              renderMarkdown(element, text);
              return [...element.querySelectorAll("p")].map((paragraph) => paragraph.textContent);
            }
            """,
            string.Concat(Enumerable.Repeat(Family, 1_500)));

        Assert.InRange(paragraphs.Length, 2, 10);
        Assert.All(paragraphs, paragraph => Assert.Equal("", paragraph.Replace(Family, "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("word ", 20_000)]
    [InlineData("```\nline of code\n", 1)]
    [InlineData("- an item of a list\n", 3_000)]
    [InlineData("| a | b |\n", 3_000)]
    [InlineData("长", 40_000)]
    public async Task Text_VeryLong_LosesNothing(string piece, int count)
    {
        var text = new StringBuilder();
        if (piece.StartsWith('|'))
        {
            text.Append("| h | i |\n|---|---|\n");
        }

        text.Insert(text.Length, piece, count);
        if (piece.StartsWith('`'))
        {
            text.Insert(text.Length, "another line\n\n", 5_000);
        }

        await using var page = await fixture.OpenAsync();
        var drawn = await page.Page.EvaluateAsync<string[]>(
            """
            async (text) => {
              const { MarkdownView } = await import("/assets/render.js");
              const element = document.createElement("div");
              const view = new MarkdownView(element);
              for (let i = 0; i < text.length; i += 701) view.append(text.slice(i, i + 701));
              element.querySelectorAll(".code-head").forEach((head) => head.remove());
              const squeeze = (value) => value.replace(/\s+/g, "");
              return [squeeze(element.textContent), [...new Set([...element.querySelectorAll(".part > *")].map((block) => block.localName))].join(" ")];
            }
            """,
            text.ToString());

        var expected = text.ToString().Replace("- an", "an", StringComparison.Ordinal).Replace("|---|---|\n", "", StringComparison.Ordinal);
        expected = new string([.. expected.Where(character => !char.IsWhiteSpace(character) && character is not ('|' or '`'))]);
        Assert.Equal(expected, drawn[0]);
        Assert.Equal(piece[0] switch { '`' => "div", '-' => "ul", '|' => "div", _ => "p" }, drawn[1]);
    }
}
