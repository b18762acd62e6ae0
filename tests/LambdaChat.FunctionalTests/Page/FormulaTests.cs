using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Where the parts of formulas are, and what models leave out of their LaTeX.</summary>
public sealed class FormulaTests(PageFixture fixture)
{
    [Fact]
    public async Task Equations_Aligned_MeetAtTheirSign()
    {
        await using var page = await fixture.OpenAsync();

        await DrawAsync(page, "\\begin{align*} f(x) + 1 + 2 &= 3 \\\\ y &= 4 \\end{align*}");

        var ends = await page.Answer.Locator("mtd:first-child > *").EvaluateAllAsync<double[]>(
            "cells => cells.map((cell) => Math.round(cell.getBoundingClientRect().right))");
        Assert.Equal(2, ends.Length);
        Assert.Single(ends.Distinct());
    }

    [Theory]
    [InlineData("E = mc^2 \\tag{1.2}")]
    [InlineData("\\begin{align} a &= b \\tag{1.2} \\\\ c &= d \\end{align}")]
    public async Task Number_OfAnEquation_IsAtTheRightEdge(string formula)
    {
        await using var page = await fixture.OpenAsync();

        await DrawAsync(page, formula);

        await Expect(page.Answer.Locator(".tml-tag")).ToHaveTextAsync("(1.2)");
        Assert.InRange(await page.Answer.Locator(".tml-tag").EvaluateAsync<double>(
            "number => number.closest('.math').getBoundingClientRect().right - number.getBoundingClientRect().right"), -1, 1);
    }

    [Theory]
    [InlineData("\\cancel{x}")]
    [InlineData("\\bcancel{x}")]
    [InlineData("\\xcancel{x}")]
    [InlineData("\\sout{x}")]
    [InlineData("\\cancelto{0}{x}")]
    public async Task Text_StruckOut_IsNotCovered(string formula)
    {
        await using var page = await fixture.OpenAsync();

        await DrawAsync(page, formula);

        await Expect(page.Answer.Locator(".tml-cancel, .tml-cancelto")).Not.ToHaveCSSAsync("clip-path", "none");
        await Expect(page.Answer.Locator("menclose, .menclose")).ToHaveCSSAsync("position", "relative");
    }

    [Theory]
    [InlineData("x = 50% + 1", "x=50%+1", 0)]
    [InlineData("\\text{(20% off)}", "(20%\u00A0off)", 0)]
    [InlineData("5\\%", "5%", 0)]
    [InlineData("a = 1 \\\\ b = 2", "a=1b=2", 2)]
    [InlineData("a &= 1 \\\\ &= 2", "a=1=2", 2)]
    [InlineData("\\mbox{if } x", "if\u00A0x", 0)]
    public async Task Source_AsModelsWriteIt_IsComplete(string formula, string text, int rows)
    {
        await using var page = await fixture.OpenAsync();

        await DrawAsync(page, formula);

        await Expect(page.Answer.Locator("mtr")).ToHaveCountAsync(rows);
        Assert.Equal(text, await page.Answer.Locator("semantics > :first-child").EvaluateAsync<string>("formula => formula.textContent"));
    }

    private static async Task DrawAsync(ChatPage page, string formula)
    {
        await page.SayAsync($"$$\n{formula}\n$$");
        await page.AskAsync("A formula");
        await page.Answer.Locator("math").WaitForAsync();
    }
}
