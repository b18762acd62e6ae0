using System.Text.RegularExpressions;
using LambdaChat.Http;
using LambdaChat.Kestrel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace LambdaChat.Tests.Docs;

/// <summary>
/// Each path that needs a key is in the table of the clients page, in the error for an unknown path, and in the API paths of CloudFront. A
/// listed path also covers the paths below it.
/// </summary>
public sealed partial class PathsTests
{
    private static readonly string[] Args =
    [
        "--MODELS=[{\"name\":\"r1\",\"endpoint\":\"demo\",\"region\":\"us-east-1\"}]",
        "--API_KEYS=a=ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ];

    [Fact]
    public async Task Paths_OfTheApplication_AreOnTheClientsPage()
    {
        var page = Document.Find(Path.Combine("src", "docs", "clients.md"));
        var from = page.Headings.Single(heading => heading.Anchor == "paths-and-aliases").Line;
        var to = page.Headings.First(heading => heading.Line > from).Line;
        var listed = PathsIn(string.Join('\n', page.Lines.Take(to).Skip(from).Where(line => line.StartsWith('|'))));

        await AssertAllAsync(route => listed.Exists(path => Covers(path, route)), "src/docs/clients.md#paths-and-aliases");
    }

    [Fact]
    public async Task Paths_OfTheApplication_AreInTheErrorForAnUnknownPath()
    {
        var listed = PathsIn(ErrorMiddleware.Paths);

        await AssertAllAsync(route => listed.Exists(path => Covers(path, route)), "src/LambdaChat/Http/ErrorMiddleware.cs");
    }

    [Fact]
    public async Task Paths_OfTheApplication_ReachTheFunctionThroughCloudFront()
    {
        var template = await File.ReadAllTextAsync(
            Path.Combine(Document.Root, "src", "stacks", "site.yaml"), TestContext.Current.CancellationToken);
        var patterns = PathPattern().Matches(template).Select(match => match.Groups[1].Value).ToList();

        await AssertAllAsync(
            route => patterns.Exists(pattern => route.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal)), "src/stacks/site.yaml");
    }

    [Fact]
    public void Endpoints_OfTheApis_AreRegistered()
    {
        var source = File.ReadAllText(Path.Combine(Document.Root, "src", "LambdaChat", "Api", "ApiExtensions.cs"));

        var missing = Endpoint().Matches(source).Select(match => match.Groups[1].Value).Distinct()
            .Where(name => !source.Contains($"services.AddSingleton<{name}>();", StringComparison.Ordinal));

        AssertNone(missing.Select(name => $"AddApis does not register {name}, so its first request would fail."));
    }

    private static async Task AssertAllAsync(Predicate<string> isListed, string place)
    {
        await using var app = Function.Create(Args, builder => builder.AddKestrelServer());
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            .Where(route => !route.StartsWith("/v1/dashboard/", StringComparison.Ordinal)) // Only NextChat asks for it.
            .ToList();

        Assert.Contains("/v1/chat/completions", routes);
        AssertNone(routes.Where(route => !isListed(route)).Select(route => $"{place} does not list {route}."));
    }

    // xunit shortens the texts of a collection.
    private static void AssertNone(IEnumerable<string> problems)
    {
        var text = string.Join('\n', problems);
        Assert.True(text.Length == 0, text);
    }

    private static bool Covers(string path, string route) =>
        route == path || route.StartsWith(path + "/", StringComparison.Ordinal);

    private static List<string> PathsIn(string text) => [.. ApiPath().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"(?<=[ `])/\w[\w./-]*")]
    private static partial Regex ApiPath();

    [GeneratedRegex(@"PathPattern: (\S+)")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\bGet<(\w+)>\(routes\)")]
    private static partial Regex Endpoint();
}
