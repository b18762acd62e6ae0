using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>The framing of the JSON documents of a stream.</summary>
/// <param name="Before">Text before each document.</param>
/// <param name="After">Text after each document; empty for a single document.</param>
internal sealed record RecordFormat(string ContentType, string Before, string After)
{
    private const int RecordsPerComment = 8;

    /// <summary>Server-sent events in OpenAI's format.</summary>
    public static RecordFormat Sse { get; } = new("text/event-stream; charset=utf-8", "data: ", "\n\n") { End = "[DONE]" };

    public static RecordFormat SseWithoutSpace { get; } = new("text/event-stream", "data:", "\n\n");

    public static RecordFormat JsonLines { get; } = new("application/jsonlines", "", "\n") { KeepAlive = "" };

    /// <summary>A single document instead of a stream.</summary>
    public static RecordFormat Json { get; } = new("application/json", "", "");

    /// <summary>The record after the last document; null for none.</summary>
    public string? End { get; init; }

    /// <summary>Keep-alive comments: before every eighth document, in the same write, the next comment of the list.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>The comment that <c>stand_in.keep_alive</c> repeats before the first event.</summary>
    public string KeepAlive { get; init; } = ": keep-alive\n\n";

    /// <summary>False for a server that does not stream.</summary>
    public bool IsStream => After.Length > 0;

    /// <summary>True for the default format of Python's <c>json.dumps</c>.</summary>
    public bool IsPythonJson { get; init; }

    public IEnumerable<byte[]> Write(IEnumerable<JsonNode> documents)
    {
        var count = 0;
        foreach (var document in documents)
        {
            var comment = Comments.Count > 0 && count % RecordsPerComment == 0 ? Comments[count / RecordsPerComment % Comments.Count] : "";
            count++;
            yield return Encoding.UTF8.GetBytes(comment + Frame(IsPythonJson ? document.ToPythonText() : document.ToText()));
        }

        if (End is not null)
        {
            yield return Encoding.UTF8.GetBytes(Frame(End));
        }
    }

    /// <summary>Writes one record, and with <paramref name="ends"/> the last record of the stream, if the format has one.</summary>
    public byte[] Write(string record, bool ends = false) =>
        Encoding.UTF8.GetBytes(Frame(record) + (ends && End is not null ? Frame(End) : ""));

    /// <summary>The last record of the stream, if the format has one.</summary>
    public byte[] WriteEnd() => Encoding.UTF8.GetBytes(End is null ? "" : Frame(End));

    private string Frame(string record) => Before + record + After;
}
