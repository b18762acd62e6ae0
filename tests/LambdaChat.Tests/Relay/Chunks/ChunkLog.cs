using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Records the chunks that an editor writes.</summary>
internal sealed class ChunkLog : IChunkOutput
{
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public List<string> Chunks { get; } = [];

    /// <summary>All deltas' texts of one choice, joined.</summary>
    public string Text(string member, int index = 0) => string.Concat(Deltas(index).Select(delta => (string?)delta[member]));

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        Chunks.Add(Encoding.UTF8.GetString(chunk));
        return true;
    }

    public static OutputFormat Contract(
        ReasoningOutput reasoning = ReasoningOutput.ReasoningContent, ThinkMode think = ThinkMode.Auto, int choices = 1) =>
        new("r1", OutputFormat.ChatChunk, "own", 1) { Reasoning = reasoning, Think = think, Choices = choices };

    /// <summary>Runs records through a new editor.</summary>
    public static (ChunkLog Log, Translation Editor) Run(OutputFormat format, params IEnumerable<string> records)
    {
        var log = new ChunkLog();
        var editor = new Translation(format, log);
        foreach (var record in records)
        {
            Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(record)), record);
        }

        editor.End();
        return (log, editor);
    }

    private IEnumerable<JsonNode> Deltas(int index) =>
        Chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray()).Where(choice => (int)choice!["index"]! == index)
            .Select(choice => choice!["delta"]!);
}
