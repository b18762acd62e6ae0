using System.Reflection;
using System.Text;

namespace LambdaChat.FunctionalTests.Docs;

/// <summary>
/// A table of <c>src/LambdaChat/README.md</c> that a test run fills, between the markers <c>&lt;!-- name --&gt;</c> and
/// <c>&lt;!-- /name --&gt;</c>. It is written anew with <c>UPDATE_README=true</c>, and compared otherwise.
/// </summary>
internal sealed class ReadmeTable(string name, params IReadOnlyList<string> columns)
{
    private static readonly SemaphoreSlim Turn = new(1); // Tests of several tables run at once, and the file is one.

    private readonly StringBuilder _text = new StringBuilder()
        .Append("| ").AppendJoin(" | ", columns).Append(" |\n|").Append(string.Concat(Enumerable.Repeat("---|", columns.Count))).Append('\n');

    public void Add(string title, IEnumerable<string> cells) => _text.Append("| ").Append(title).Append(" | ").AppendJoin(" | ", cells).Append(" |\n");

    public async Task AssertIsInReadmeAsync(CancellationToken cancellationToken)
    {
        var path = typeof(ReadmeTable).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Readme").Value!;
        await Turn.WaitAsync(cancellationToken);
        try
        {
            var readme = await File.ReadAllTextAsync(path, cancellationToken);
            var begin = $"<!-- {name} -->\n";
            var start = readme.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            var end = readme.IndexOf($"<!-- /{name} -->", StringComparison.Ordinal);
            if (Environment.GetEnvironmentVariable("UPDATE_README") == "true")
            {
                await File.WriteAllTextAsync(path, readme[..start] + _text + readme[end..], cancellationToken);
                return;
            }

            Assert.Equal(readme[start..end], _text.ToString());
        }
        finally
        {
            Turn.Release();
        }
    }
}
