using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>How a server sets one JSON document of a stream apart from the next.</summary>
/// <param name="ContentType">The stream's content type.</param>
/// <param name="Before">What stands before a document.</param>
/// <param name="After">What stands after it.</param>
internal sealed record RecordFormat(string ContentType, string Before, string After)
{
    private const int RecordsPerComment = 8;

    /// <summary>Server-sent events as OpenAI writes them.</summary>
    public static RecordFormat Sse { get; } = new("text/event-stream; charset=utf-8", "data: ", "\n\n") { End = "[DONE]" };

    public static RecordFormat SseWithoutSpace { get; } = new("text/event-stream", "data:", "\n\n");

    public static RecordFormat JsonLines { get; } = new("application/jsonlines", "", "\n");

    /// <summary>One document and no stream.</summary>
    public static RecordFormat Json { get; } = new("application/json", "", "");

    /// <summary>What the server says after the last document; null for nothing.</summary>
    public string? End { get; init; }

    /// <summary>Comments that keep the connection alive, in turn before every eighth document. They stand in its write.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>False where a server answers in one piece, whatever was asked for.</summary>
    public bool IsStream => After.Length > 0;

    public IEnumerable<byte[]> Write(IEnumerable<JsonNode> documents)
    {
        var count = 0;
        foreach (var document in documents)
        {
            var comment = Comments.Count > 0 && count % RecordsPerComment == 0 ? Comments[count / RecordsPerComment % Comments.Count] : "";
            count++;
            yield return Encoding.UTF8.GetBytes(comment + Frame(document.ToText()));
        }

        if (End is not null)
        {
            yield return Encoding.UTF8.GetBytes(Frame(End));
        }
    }

    /// <summary>One record, and the end of the stream where it has one and that is wanted.</summary>
    public byte[] Write(string record, bool ends = false) => Encoding.UTF8.GetBytes(Frame(record) + (ends && End is not null ? Frame(End) : ""));

    private string Frame(string record) => Before + record + After;
}
