using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using Microsoft.Playwright;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Page object of the chat page.</summary>
internal sealed class ChatPage : IAsyncDisposable
{
    private const string BlockedWorker = "Service Worker registration blocked by Playwright";

    private readonly List<string> _problems = [];

    public ChatPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
            Note(message.Type is "error" or "warning" && !message.Text.Contains(BlockedWorker, StringComparison.Ordinal),
                $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
    }

    public IPage Page { get; }

    public ILocator Input => Page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    public ILocator Messages => Page.Locator("article.message");

    /// <summary>The text of the last answer.</summary>
    public ILocator Answer => Page.Locator("article.assistant").Last.Locator("> .markdown");

    /// <summary>The thinking of the last answer.</summary>
    public ILocator Thinking => Page.Locator("article.assistant").Last.Locator("details.thinking");

    /// <summary>The statistics below the last answer, shown when it is complete.</summary>
    public ILocator Stats => Page.Locator("article.assistant").Last.Locator(".stats");

    /// <summary>Errors and warnings of the browser console, including those of requests that are meant to fail.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_problems)
            {
                return [.. _problems];
            }
        }
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task GoToAsync(string url) => Page.GotoAsync(url);

    /// <summary>Opens the same chat in a second tab, and waits until it can be used.</summary>
    public async Task<ChatPage> OpenTabAsync()
    {
        var tab = new ChatPage(await Page.Context.NewPageAsync());
        await tab.GoToAsync(Page.Url.Replace("#", $"#key={FunctionFixture.Key}&", StringComparison.Ordinal));
        await tab.OpenedAsync();
        return tab;
    }

    /// <summary>Adds <c>stand_in</c> to the following requests and forwards them to the function.</summary>
    public async Task ScriptAsync(string standIn, string members = "{}")
    {
        await Page.UnrouteAllAsync();
        await Page.RouteAsync("**/v1/chat/completions", route =>
        {
            if (route.Request.PostData is not { } text)
            {
                return route.ContinueAsync(); // A CORS preflight.
            }

            var body = JsonNode.Parse(text)!.AsObject();
            body["stand_in"] = JsonNode.Parse(standIn);
            foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
            {
                body[name] = value?.DeepClone();
            }

            return route.ContinueAsync(new() { PostData = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()) });
        });
    }

    /// <summary>Sets the model's reply.</summary>
    public Task SayAsync(string content, string? reasoning = null)
    {
        var script = new JsonObject { ["content"] = new JsonArray(content) };
        if (reasoning is not null)
        {
            script["reasoning"] = new JsonArray(reasoning);
        }

        return ScriptAsync(script.ToJsonString());
    }

    /// <summary>Enters and sends a message.</summary>
    public async Task SendAsync(string text)
    {
        await OpenedAsync();
        await Input.FillAsync(text);
        await Input.PressAsync("Enter");
    }

    /// <summary>Sends a message and waits for the complete answer.</summary>
    public async Task AskAsync(string text)
    {
        await OpenedAsync();
        var count = await Messages.CountAsync();
        await SendAsync(text);
        await Assertions.Expect(Messages).ToHaveCountAsync(count + 2);
        await Stats.WaitForAsync();
    }

    /// <summary>Waits until the page shows its models, which it loads after the messages of its chat and the list of chats.</summary>
    public Task OpenedAsync() => Assertions.Expect(Page.Locator("select.model")).Not.ToHaveTextAsync("No model");

    /// <summary>Waits until the page has stored its replies. It shows the statistics before. Until then, each has a lock.</summary>
    public Task StoredAsync() => Page.EvaluateAsync("""
        async () => {
          const { held, pending } = await navigator.locks.query();
          for (const { name } of [...held, ...pending]) {
            await navigator.locks.request(name, () => {});
          }
        }
        """).InTimeAsync();

    /// <summary>
    /// Waits until an asynchronous function in the page returns true. <c>WaitForFunctionAsync</c> would take its promise for true.
    /// </summary>
    public Task WaitUntilAsync(string function, object? argument = null) => Page.EvaluateAsync($$"""
        async (argument) => {
          while (!(await ({{function}})(argument))) {
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
        """, argument).InTimeAsync();

    /// <summary>Where the text that was in the middle of the window at the first call is now: pixels from the top of the window.</summary>
    public Task<double> PlaceAsync() =>
        Page.EvaluateAsync<double>("() => Math.round((window.place ??= document.elementFromPoint(600, 400)).getBoundingClientRect().top)");

    /// <summary>Stores what the running replies have so far.</summary>
    public Task SaveAsync() => Page.EvaluateAsync("""
        async () => {
          ["pagehide", "pageshow"].forEach((name) => dispatchEvent(new Event(name)));
          const [{ recover }, { openStore }] = await Promise.all([import("/assets/changes.js"), import("/assets/store.js")]);
          await recover(await openStore());
        }
        """);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private void Note(bool isProblem, string text)
    {
        if (isProblem)
        {
            lock (_problems)
            {
                _problems.Add(text);
            }
        }
    }
}
