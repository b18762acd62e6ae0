using System.IO.Compression;
using System.Text.RegularExpressions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The compressed size of the page's files.</summary>
public sealed partial class SizeTests(FunctionFixture function)
{
    private const int MostBytesAtStart = 60 * 1024;
    private const int MostBytes = 86 * 1024; // Without libraries.

    private static string Root => Path.Combine(FunctionFixture.FunctionPath, "wwwroot");

    private static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path));

    [Fact]
    public async Task Files_OnKestrel_AreCompressedToAtMostSixtyKilobytesAtTheFirstView()
    {
        var (atStart, total) = (0, 0);
        var start = FilesAtStart();
        foreach (var file in Files)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(function.Kestrel.Url, file == "index.html" ? "" : file));
            message.Headers.TryAddWithoutValidation("Accept-Encoding", "br, gzip");
            using var response = await function.Client.SendAsync(message, TestContext.Current.CancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            atStart += start.Contains(file) ? bytes.Length : 0;
            total += file.StartsWith("vendor", StringComparison.Ordinal) ? 0 : bytes.Length;
            await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            await gzip.CopyToAsync(plain, TestContext.Current.CancellationToken);

            Assert.Equal(("gzip", "Accept-Encoding"), (response.Content.Headers.ContentEncoding.Single(), response.Headers.Vary.Single()));
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Root, file), TestContext.Current.CancellationToken), plain.ToArray());
        }

        Assert.InRange(atStart, 30_000, MostBytesAtStart);
        Assert.InRange(total, atStart, MostBytes);
    }

    // The page, its styles, and the modules that are imported before anything is shown. Other files are loaded when they are first needed.
    private static HashSet<string> FilesAtStart()
    {
        var files = new HashSet<string>(
            ["index.html", "assets/base.css", "assets/chat.css", "assets/icon.svg", "assets/main.js"], StringComparer.Ordinal);
        for (var modules = new Queue<string>(["assets/main.js"]); modules.TryDequeue(out var module);)
        {
            foreach (Match import in StaticImport().Matches(File.ReadAllText(Path.Combine(Root, module))))
            {
                var file = Path.GetRelativePath(Root, Path.Combine(Root, Path.GetDirectoryName(module)!, import.Groups[1].Value));
                if (files.Add(file))
                {
                    modules.Enqueue(file);
                }
            }
        }

        return files;
    }

    [GeneratedRegex("^(?:import|export) .*from \"(.+)\";", RegexOptions.Multiline)]
    private static partial Regex StaticImport();
}
