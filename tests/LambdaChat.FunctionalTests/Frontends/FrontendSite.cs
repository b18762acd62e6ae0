using System.Net;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Docs;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

[assembly: AssemblyFixture(typeof(FrontendSite))]

namespace LambdaChat.FunctionalTests.Frontends;

/// <summary>
/// The pages of the documentation, built with Vite exactly as they are printed, on a static server of another origin. The first test that
/// opens one builds them.
/// </summary>
public sealed partial class FrontendSite : IAsyncDisposable
{
    private const string Index = """
        <!doctype html><meta charset="utf-8"><title>Chat</title><link rel="icon" href="data:,"><body><script type="module" src="main.jsx"></script>
        """;

    private static readonly string[] Names = ["use-chat", "assistant-ui", "assistant-ui-agent", "ag-ui"]; // In the order of the document.

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lambdachat-pages");
    private readonly WebApplication _server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private readonly Lazy<Task> _start;

    public FrontendSite() => _start = new(StartAsync);

    /// <summary>The address of a page, with the settings that it reads.</summary>
    public async Task<string> AddressOfAsync(string name, Uri url, string model)
    {
        await _start.Value;
        return $"{_server.UrlToCall()}{name}/index.html#url={url}&key={FunctionFixture.Key}&model={model}";
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        await Node.Frontends.RequireAsync();
        Directory.CreateSymbolicLink(
            Path.Combine(_folder.FullName, "node_modules"), Path.Combine(Node.Frontends.Folder, "node_modules"));
        var document = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "src", "docs", "frontends.md"), TestContext.Current.CancellationToken);
        var codes = Fence().Matches(document).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(Names.Length, codes.Count);
        var withAgent = RuntimeCall().Replace(codes[1], "useAgUiRuntime({ agent, adapters })");
        codes[2] = $"{StopAddress().Replace(withAgent, "`$${url}/ag-ui/$${agent.threadId}/stream`")}\n{codes[2]}";
        foreach (var (name, code) in Names.Zip(codes))
        {
            var page = _folder.CreateSubdirectory(name);
            await File.WriteAllTextAsync(Path.Combine(page.FullName, "index.html"), Index, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(page.FullName, "main.jsx"), code, TestContext.Current.CancellationToken);
        }

        await Node.Frontends.RunAsync("build.mjs", [], _folder.FullName);
        _server.Run(SendAsync);
        await _server.ListenAsync(IPAddress.Loopback, port: 0);
    }

    private Task SendAsync(HttpContext context)
    {
        var file = Path.Combine(_folder.FullName, "dist", context.Request.Path.Value!.TrimStart('/'));
        context.Response.ContentType = file.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";
        return context.Response.SendFileAsync(file);
    }

    [GeneratedRegex("```jsx?\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"useChatRuntime\(.*?\)(?=\})")]
    private static partial Regex RuntimeCall();

    [GeneratedRegex(@"(?<=const cancel = \(\) => fetch\()resumable\.[^,]*")]
    private static partial Regex StopAddress();
}
