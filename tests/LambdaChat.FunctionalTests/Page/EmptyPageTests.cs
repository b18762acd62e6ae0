using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.FunctionalTests.Stored;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page without messages says where chats are stored.</summary>
public sealed class EmptyPageTests(PageFixture fixture)
{
    [Theory]
    [InlineData("off", "en-US", "You are chatting with r1. Chats are stored in this browser only.")]
    [InlineData("off", "zh-CN", "当前模型：r1。对话仅保存在此浏览器中。")]
    [InlineData("memory", "en-US", "You are chatting with r1. Chats are stored in this browser. "
        + "The service also keeps each reply for a limited time, in case the connection is lost.")]
    [InlineData("memory", "zh-CN", "当前模型：r1。对话保存在此浏览器中。服务端还会将每条回答保留一段时间，以便断线后继续接收。")]
    public async Task Page_WithAModel_SaysWhereChatsAreStored(string store, string locale, string expected)
    {
        await fixture.ReadyAsync();
        await using var function = await KestrelFunction.StartAsync(fixture.Emulator.Address, StoredFunction.Variables(
            fixture.Emulator.Address, ("STORE", store), ("MODELS", """[{"name":"r1","endpoint":"demo"}]""")));

        await using var page = await fixture.OpenAsync($"{function.Url}#key={FunctionFixture.Key}", options => options.Locale = locale);

        await Expect(page.Page.Locator(".empty > p:not(.brand)")).ToHaveTextAsync(expected);
    }

    [Fact]
    public async Task Page_WithoutAModel_DoesNotSayOnly()
    {
        await using var page = await fixture.OpenAsync(fixture.Url.ToString());

        await Expect(page.Page.Locator(".empty > p:not(.brand)")).ToHaveTextAsync("Chats are stored in this browser.");
    }
}
