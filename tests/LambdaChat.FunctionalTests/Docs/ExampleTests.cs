using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Page;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker.Scripts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Docs;

/// <summary>The code examples of the documentation run exactly as they are printed, and show the whole answer.</summary>
public sealed partial class ExampleTests(FunctionFixture function, PageFixture browser)
{
    private const string Question = "9.11 and 9.8, which is greater?";

    private static string Answer => Script.Answer(Question).Content;

    [Fact]
    public async Task Html_OfTenLines_ShowsTheAnswerInABrowser()
    {
        var html = await ReadAsync("src/docs/clients.md", "html");
        await using var site = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        site.Run(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(html);
        });
        await site.ListenAsync(IPAddress.Loopback, port: 0);
        var hash = $"#url={function.Lambda.Url}v1&key={FunctionFixture.Key}&model={FunctionFixture.Model}";
        await using var page = await browser.OpenAsync($"{site.UrlToCall()}{hash}");

        await page.Page.Locator("input").FillAsync(Question);
        await page.Page.Locator("button").ClickAsync();

        await Expect(page.Page.Locator("pre")).ToHaveTextAsync(Answer);
        Assert.Equal(10, html.Split('\n').Length);
        Assert.DoesNotContain(page.Problems, problem => !problem.Contains("favicon", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Curl_StreamsTheEvents()
    {
        // The first command sets the variables, as the test does.
        var commands = (await ReadAsync("README.md", "sh", "export ")).Split('\n', 2);
        var output = await RunAsync("bash", ["-c", commands[1]], Path.GetTempPath());

        var events = output.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => line["data: ".Length..]);
        Assert.Equal(Answer, Reply.Join(events).Content);
    }

    [Fact]
    public async Task JavaScript_PrintsTheAnswer()
    {
        var folder = Path.GetDirectoryName(await Node.FindAsync("openai"))!;

        Assert.Equal(Answer, await RunAsync("node", ["--input-type=module", "--eval", await ReadAsync("README.md", "js")], folder));
    }

    [Fact]
    public async Task CSharp_PrintsTheAnswer()
    {
        var folder = Directory.CreateTempSubdirectory("lambdachat-example");
        var code = await ReadAsync("src/docs/clients.md", "csharp");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "chat.cs"), code, TestContext.Current.CancellationToken);

        Assert.EndsWith(Answer, await RunAsync("dotnet", ["run", "chat.cs"], folder.FullName), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    // The one block of a document in a language that begins with some text.
    private static async Task<string> ReadAsync(string document, string language, string begin = "")
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, document), TestContext.Current.CancellationToken);
        return Fence().Matches(text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value)
            .Single(block => block.StartsWith(begin, StringComparison.Ordinal));
    }

    private async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder)
    {
        // Files and not pipes: a compiler server that dotnet starts would keep a pipe open for minutes.
        var (output, error) = (Path.GetTempFileName(), Path.GetTempFileName());
        var start = new ProcessStartInfo("bash", ["-c", "exec \"${@:3}\" >\"$1\" 2>\"$2\"", "bash", output, error, program, .. arguments])
        {
            WorkingDirectory = folder,
        };
        start.Environment["OPENAI_BASE_URL"] = $"{function.Lambda.Url}v1";
        start.Environment["OPENAI_API_KEY"] = FunctionFixture.Key;
        using var process = Process.Start(start)!;
        await process.ExitInTimeAsync();
        var text = await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, text + await File.ReadAllTextAsync(error, TestContext.Current.CancellationToken));
        File.Delete(output);
        File.Delete(error);
        return text;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
