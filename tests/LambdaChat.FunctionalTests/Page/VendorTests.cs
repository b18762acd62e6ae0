using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The libraries of the page are the files that npm ships, in the version of the lock file, each with its licence.</summary>
public sealed class VendorTests
{
    private static string Root => Path.Combine(FunctionFixture.FunctionPath, "wwwroot", "vendor");

    [Fact]
    public async Task Files_Each_EqualThePackageOfTheLockFile()
    {
        foreach (var path in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories))
        {
            var package = await Node.FindAsync(Path.GetRelativePath(Root, path));
            Assert.Equal(await File.ReadAllBytesAsync(package, TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("markdown-it", "MIT")]
    [InlineData("markdown-it-footnote", "MIT")]
    [InlineData("pdfjs-dist", "Apache-2.0")]
    [InlineData("temml", "MIT")]
    [InlineData("@highlightjs/cdn-assets", "BSD-3-Clause")]
    public async Task Package_Each_HasItsLicenceAndTheVersionOfTheLockFile(string name, string licence)
    {
        var package = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Root, name, "package.json"), TestContext.Current.CancellationToken))!;
        var lockFile = JsonNode.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(await Node.FindAsync("x"))!)!, "package-lock.json"),
                    TestContext.Current.CancellationToken))!;

        Assert.Equal((string?)lockFile["packages"]![$"node_modules/{name}"]!["version"], (string?)package["version"]);
        Assert.Equal(licence, (string?)package["license"]);
        Assert.Contains("Copyright",
            await File.ReadAllTextAsync(Path.Combine(Root, name, "LICENSE"), TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_AreOnlyThesePackages() =>
        Assert.Equal(
            ["@highlightjs/cdn-assets", "markdown-it", "markdown-it-footnote", "pdfjs-dist", "temml"],
            Directory.EnumerateFiles(Root, "package.json", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal));
}
