using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The languages of code, under the names that models use.</summary>
public sealed class LanguageTests(PageFixture fixture)
{
    // Labels of fences with code that has at least one color.
    private static readonly (string Label, string Code)[] Fences =
    [
        ("dockerfile", "FROM debian"), ("Docker", "RUN true"), ("PowerShell", "Write-Host \"a\""), ("bat", "echo \"a\" & rem b"),
        ("scala", "val a = 1"), ("haskell", "module Main where"), ("elixir", "def a, do: 1"),
        ("erlang", "% a"), ("clojure", "(defn a [])"),
        ("dart", "var a = 1;"), ("matlab", "x = 'a';"), ("julia", "x = \"a\""), ("latex", "\\frac{a}{b}"),
        ("nginx", "server { listen 80; }"),
        ("proto", "message A {}"), (".env", "A=1"), ("cmake", "project(a)"), ("groovy", "def a = 1"), ("ocaml", "let a = 1"),
        ("F#", "let a = 1"), ("pascal", "begin end"), ("fortran", "program a"), ("scheme", "(define a 1)"), ("vhdl", "entity a is"),
        ("nasm", "mov eax, 1"), ("console", "$ ls"), ("vue", "<a b=\"c\">"), ("jinja2", "{% if a %}"), ("postgresql", "SELECT 1"),
        ("Python3", "def a(): pass"), ("{.python}", "def a(): pass"), ("python:main.py", "def a(): pass"), ("rust,no_run", "fn main() {}"),
        ("c++17", "int a = 1;"), ("objective-c", "int a = 1;"), ("C#", "var a = 1;"), ("jsonc", "{ \"a\": 1 }"), ("go", "func a() {}"),
        ("kotlin", "val a = 1"), ("swift", "let a = 1"), ("tsx", "const a = 1;"), ("yml", "a: 1"), ("diff", "+ a"), ("makefile", "a: b"),
    ];

    [Fact]
    public async Task Code_InEachLanguage_IsColored()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync(string.Join("\n\n", Fences.Select(fence => $"```{fence.Label}\n{fence.Code}\n```")));

        await page.AskAsync("In all languages");

        var blocks = page.Answer.Locator(".code");
        await Expect(blocks).ToHaveCountAsync(Fences.Length);
        for (var i = 0; i < Fences.Length; i++)
        {
            await Expect(blocks.Nth(i).Locator("[class^=hljs-]").First).ToBeAttachedAsync();
            await Expect(blocks.Nth(i).Locator("pre")).ToHaveTextAsync(Fences[i].Code);
        }

        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Grammars_OfTheFolder_AreAllNamed()
    {
        await using var page = await fixture.OpenAsync();
        var folder = Path.Combine(FunctionFixture.FunctionPath, "wwwroot", "vendor", "@highlightjs", "cdn-assets", "es", "languages");
        var names = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path).Split('.')[0]).Order(StringComparer.Ordinal);

        var missing = await page.Page.EvaluateAsync<string[]>(
            """
            async (names) => {
              const { default: library } = await import("/vendor/@highlightjs/cdn-assets/es/highlight.min.js");
              const { findLanguage } = await import("/assets/highlight.js");
              const found = await Promise.all(names.map((name) => findLanguage(library, name)));
              return names.filter((name, i) => found[i] !== name);
            }
            """,
            names.ToArray());

        Assert.Empty(missing);
    }
}
