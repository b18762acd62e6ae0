namespace LambdaChat.FunctionalTests.Page;

/// <summary>The clipboard of the browser. All its contexts share it, so one test at a time uses it.</summary>
internal sealed class Clipboard : IDisposable
{
    private static readonly SemaphoreSlim Free = new(1);

    private readonly ChatPage _page;

    private Clipboard(ChatPage page) => _page = page;

    public static async Task<Clipboard> UseAsync(ChatPage page)
    {
        await Free.WaitAsync(TestContext.Current.CancellationToken);
        return new Clipboard(page);
    }

    /// <summary>Waits until the clipboard has this text, which a page writes after the click has returned.</summary>
    /// <param name="isPart">True if the clipboard may have more than the text.</param>
    public Task ExpectAsync(string text, bool isPart = false) => _page.WaitUntilAsync(
        """
        async ([text, isPart]) => {
          const copied = (await navigator.clipboard.readText()).trim();
          return isPart ? copied.includes(text) : copied === text;
        }
        """,
        new object[] { text, isPart });

    public void Dispose() => Free.Release();
}
