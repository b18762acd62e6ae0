using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Page;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker.Scripts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Docs;

/// <summary>The examples of the README do what it says, as they are printed there.</summary>
public sealed partial class ReadmeExampleTests(FunctionFixture function, PageFixture browser)
{
    private const string Question = "9.11 and 9.8, which is greater?";

    private static string Answer => Script.Answer(Question).Content;

    [Fact]
    public async Task Html_OfTenLines_ShowsTheAnswerInABrowser()
    {
        var html = await ReadAsync("html");
        await using var site = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        site.Run(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(html);
        });
        await site.ListenAsync(IPAddress.Loopback, port: 0);
        await using var page = await browser.OpenAsync($"{site.UrlToCall()}#url={function.Lambda.Url}v1&key={FunctionFixture.Key}&model={FunctionFixture.Model}");

        await page.Page.Locator("input").FillAsync(Question);
        await page.Page.Locator("button").ClickAsync();

        await Expect(page.Page.Locator("pre")).ToHaveTextAsync(Answer);
        Assert.Equal(10, html.Split('\n').Length);
        Assert.DoesNotContain(page.Problems, problem => !problem.Contains("favicon", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Curl_StreamsTheEvents()
    {
        var output = await RunAsync("bash", ["-c", await ReadAsync("sh")], Path.GetTempPath());

        Assert.Equal(Answer, Reply.Join(output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..])).Content);
    }

    [Fact]
    public async Task JavaScript_PrintsTheAnswer()
    {
        var folder = Path.GetDirectoryName(await Node.FindAsync("openai"))!;

        Assert.Equal(Answer, await RunAsync("node", ["--input-type=module", "--eval", await ReadAsync("js")], folder));
    }

    [Fact]
    public async Task CSharp_PrintsTheAnswer()
    {
        var folder = Directory.CreateTempSubdirectory("lambdachat-example");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "chat.cs"), await ReadAsync("csharp"), TestContext.Current.CancellationToken);

        Assert.EndsWith(Answer, await RunAsync("dotnet", ["run", "chat.cs"], folder.FullName), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static async Task<string> ReadAsync(string language)
    {
        var path = typeof(ReadmeExampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Readme").Value!;
        var readme = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "README.md"), TestContext.Current.CancellationToken);
        return Fence().Matches(readme).Single(match => match.Groups[1].Value == language).Groups[2].Value;
    }

    private async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OPENAI_BASE_URL"] = $"{function.Lambda.Url}v1";
        start.Environment["OPENAI_API_KEY"] = FunctionFixture.Key;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
