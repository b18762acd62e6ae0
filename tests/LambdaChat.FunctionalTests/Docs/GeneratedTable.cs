using System.Text;

namespace LambdaChat.FunctionalTests.Docs;

/// <summary>
/// A table in a document of <c>src/docs</c>, between the markers <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>. A test run
/// compares it with what the tests found, or writes it if <c>UPDATE_DOCS=true</c> is set.
/// </summary>
internal sealed class GeneratedTable(string document, string name, params IReadOnlyList<string> columns)
{
    private static readonly SemaphoreSlim Lock = new(1); // Tests of two tables in one document may run at the same time.

    private readonly StringBuilder _text = new StringBuilder()
        .Append("| ").AppendJoin(" | ", columns).Append(" |\n|")
        .Append(string.Concat(Enumerable.Repeat("---|", columns.Count))).Append('\n');

    public void Add(string title, IEnumerable<string> cells) =>
        _text.Append("| ").Append(title).Append(" | ").AppendJoin(" | ", cells).Append(" |\n");

    public async Task AssertIsInDocumentAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Repository.Docs, document);
        await Lock.WaitAsync(cancellationToken);
        try
        {
            var text = await File.ReadAllTextAsync(path, cancellationToken);
            var begin = $"<!-- {name} -->\n";
            var start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            var end = text.IndexOf($"<!-- /{name} -->", StringComparison.Ordinal);
            if (Repository.UpdatesDocs)
            {
                await File.WriteAllTextAsync(path, text[..start] + _text + text[end..], cancellationToken);
                return;
            }

            Assert.Equal(text[start..end], _text.ToString());
        }
        finally
        {
            Lock.Release();
        }
    }
}
