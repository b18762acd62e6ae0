using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Formulas as MathML and code in color.</summary>
public sealed class ContentTests(PageFixture fixture)
{
    [Theory]
    [InlineData("Inline $a_1 + b_1$.", "a_1 + b_1")]
    [InlineData("Inline \\(x^2\\).", "x^2")]
    [InlineData("$$\n\\int_0^1 x^2 dx\n$$", "\\int_0^1 x^2 dx")]
    [InlineData("\\[\nE = mc^2\n\\]", "E = mc^2")]
    [InlineData("\\[ E = mc^2 \\]", "E = mc^2")]
    [InlineData("- Item\n  $$\n  x_i\n  $$", "x_i")]
    [InlineData("- Item with $x_i$", "x_i")]
    [InlineData("| a |\n|---|\n| $x_i$ |", "x_i")]
    [InlineData("> Quoted \\(x_i\\)", "x_i")]
    [InlineData("其中$x_i$是变量", "x_i")]
    [InlineData("The sum \\(a\n+ b\n- c\\) is here.", "a\n+ b\n- c")]
    [InlineData("1. The sum \\(a\n   + b\\) is here.", "a\n+ b")]
    [InlineData("Then \\[ a\n> b\n= c \\], where", "a\n> b\n= c")]
    [InlineData("$$\na\n\n- b\n$$\nThen.", "a\n\n- b")]
    [InlineData("\\[ \\begin{aligned}\na &= b \\\\\n\n\nc &= d\n\\end{aligned} \\]",
        "\\begin{aligned}\na &= b \\\\\n\n\nc &= d\n\\end{aligned}")]
    [InlineData("So we get: $$\nx_1\n\n= y\n$$ as before.", "x_1\n\n= y")]
    [InlineData("- Item\n\n  \\[\n  x\n\n  + y\n  \\]\n- Next", "x\n\n+ y")]
    [InlineData("The interval [\\(a\\), \\(b", "a")]
    [InlineData("See [ \\(a\\) and then \\(b", "a")]
    [InlineData("The square $$ABCD$$ is here.", "ABCD")]
    [InlineData("The interval $$]a, \u03B2[$$ is open.", "]a, \u03B2[")]
    [InlineData("Add $$.5 + \U0001D465$$ to it.", ".5 + \U0001D465")]
    [InlineData("> \\[\n> x\n>\n> y\n> \\]", "x\n\ny")]
    [InlineData("价格是$5和$6。变量$x$很小", "x")]
    [InlineData("So\n\\begin{gather}\na\n\\end{gather}", "\\begin{gather}\na\n\\end{gather}")]
    [InlineData("At $2\\left. x \\right|_0$.", "2\\left. x \\right|_0")]
    public async Task Formula_OfEachForm_IsMathMLWithItsSource(string text, string source)
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync(text);
        await page.AskAsync("A formula");

        await Expect(page.Answer.Locator("math")).ToHaveCountAsync(1);
        await Expect(page.Answer.Locator("math annotation")).ToHaveTextAsync(source);
        Assert.Empty(page.Problems);
    }

    [Theory]
    [InlineData("It costs $5 and $6.")]
    [InlineData("From $5 to $10, or US$7 and CA$8")]
    [InlineData("$20 (was $25)")]
    [InlineData("$1,000-$2,000, or 5$ each")]
    [InlineData("Pay $5 a month or 50$ a year")]
    [InlineData("Pay $10 (or 10$) now")]
    [InlineData("It costs $4.99/month. See https://example.com/?q=$a&r=$b")]
    [InlineData("$1,000 and $3,000. R$ 5 e R$ 6")]
    [InlineData("a $ b $ c")]
    [InlineData("One has $$ and the other one has $$")]
    [InlineData("\\[ \\] not done")]
    [InlineData("$$ $$")]
    [InlineData("$$ Moderate\n$$$ Expensive\n$$$$ Very expensive")]
    [InlineData("Luigi's ($$), Sushiya ($$), Dosa ($)")]
    [InlineData("Bar ($$), Pub ($$), Inn ($$)")]
    [InlineData("路易吉（$$）、寿司（$$）")]
    [InlineData("Суп $$ щи $$")]
    [InlineData("Lunch: $$\nDinner: $$")]
    [InlineData("`$x$` and \\$x\\$")]
    public async Task Prices_AndOtherDollars_StayText(string text)
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync(text);
        await page.AskAsync("A price");

        await Expect(page.Answer)
            .ToHaveTextAsync(text.Replace("`", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal));
        await Expect(page.Answer.Locator(".math")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("请访问https://example.com查看文档", "https://example.com")]
    [InlineData("见「https://example.com/a」『https://example.com/b』。", "https://example.com/a", "https://example.com/b")]
    [InlineData("〈https://example.com〉与〔http://127.0.0.1:8080〕", "https://example.com", "http://127.0.0.1:8080")]
    [InlineData("‘https://example.com/?q=路’……https://example.com/#节…等", "https://example.com/?q=路", "https://example.com/#节")]
    [InlineData("看https://example.com/路/b吧。", "https://example.com/路/b吧")]
    [InlineData("https://例子.中国/a 和 https://www.例子.cn", "https://例子.中国/a", "https://www.例子.cn")]
    [InlineData("https://example.comを見て https://example.com에서", "https://example.com", "https://example.com")]
    [InlineData("https://me@example.com:8080?q=1. 完", "https://me@example.com:8080?q=1")]
    public async Task Url_InChineseText_EndsWhereTheTextGoesOn(string text, params string[] urls)
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync(text);
        await page.AskAsync("A link");

        await Expect(page.Answer).ToHaveTextAsync(text);
        await Expect(page.Answer.GetByRole(AriaRole.Link)).ToHaveTextAsync(urls);
    }

    [Fact]
    public async Task Formula_Invalid_ShowsItsSource()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("Look: $\\nosuchcommand{x}$ and $\\frac{1}$ and $y$.");
        await page.AskAsync("A broken formula");

        await Expect(page.Answer.Locator("math")).ToHaveCountAsync(1);
        await Expect(page.Answer.Locator(".math.invalid")).ToHaveTextAsync(["$\\nosuchcommand{x}$", "$\\frac{1}$"]);
    }

    [Fact]
    public async Task Formula_Copied_IsItsSource()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("Before $a^2$ **after**.\n\n$$\nb^2\n$$");
        await page.AskAsync("Copy a formula");
        await Expect(page.Answer.Locator("math")).ToHaveCountAsync(2);

        using var clipboard = await Clipboard.UseAsync(page);
        await page.Answer.GetByRole(AriaRole.Button, new() { Name = "Copy LaTeX source" }).ClickAsync();
        await clipboard.ExpectAsync("$$\nb^2\n$$");
        await page.Page.EvaluateAsync("getSelection().selectAllChildren(document.querySelector('article.assistant .markdown p'))");
        await page.Page.Keyboard.PressAsync("Control+c");
        await clipboard.ExpectAsync("Before $a^2$ after.");
        Assert.Contains("<strong>after</strong>", await page.Page.EvaluateAsync<string>(
            """
            () => {
              const clipboardData = new DataTransfer();
              document.dispatchEvent(new ClipboardEvent("copy", { clipboardData }));
              return clipboardData.getData("text/html");
            }
            """), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_Closed_IsColored()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync(
            "```python\ndef f(x):\n    return \"<b>\" # comment\n```\n\n- In a list\n  ```js\n  const a = 1;\n  " +
                "```\n\n```nosuchlanguage\ndef f\n```");
        await page.AskAsync("Code");

        await Expect(page.Answer.Locator(".hljs-keyword")).ToHaveTextAsync(["def", "return", "const"]);
        await Expect(page.Answer.Locator("pre").First).ToHaveTextAsync("def f(x):\n    return \"<b>\" # comment");
        using var clipboard = await Clipboard.UseAsync(page);
        await page.Answer.GetByRole(AriaRole.Button, new() { Name = "Copy code" }).First.ClickAsync();
        await clipboard.ExpectAsync("def f(x):\n    return \"<b>\" # comment");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Code_WhileItStreams_HasNoColors()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["```js\nconst first = 1;\nconst second = 2;\n```"],"gate":"page-code"}""");
        await page.SendAsync("Stream code");
        fixture.Emulator.Gates.Open("page-code", 6);
        await Expect(page.Answer.Locator("pre")).ToContainTextAsync("const first");
        await Expect(page.Answer.Locator(".hljs-keyword")).ToHaveCountAsync(0);

        fixture.Emulator.Gates.Open("page-code", 100);

        await Expect(page.Answer.Locator(".hljs-keyword")).ToHaveTextAsync(["const", "const"]);
    }

    [Fact]
    public async Task Code_Buttons_WrapAndDownload()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("```python\nprint(1)\n```");
        await page.AskAsync("Code to download");

        await page.Button("Wrap lines").ClickAsync();
        await Expect(page.Button("Wrap lines")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Answer.Locator(".piece")).ToHaveCSSAsync("white-space-collapse", "preserve");
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Button("Download code").ClickAsync());

        Assert.Equal("code.py", download.SuggestedFilename);
        Assert.Equal("print(1)", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Libraries_BeforeTheFirstReply_AreNotLoaded()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        const string Loaded =
            "() => performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname).filter((path) => " +
                "path.startsWith('/vendor/')).map((path) => path.split('/').at(-1))";

        Assert.Empty(await page.Page.EvaluateAsync<string[]>(Loaded));
        await page.SayAsync("Plain *text*.");
        await page.AskAsync("No formula, no code");
        await page.Page.WaitForFunctionAsync($"() => ({Loaded})().length > 1");
        Assert.Equal(["index.mjs", "markdown-it.esm.min.mjs"], (await page.Page.EvaluateAsync<string[]>(Loaded)).Order());
    }
}
