using System.Text.Json.Nodes;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Records of a model server, and the chunks that a reply writer gets from them.</summary>
internal static class MessageRecords
{
    public const string Stop = """{"choices":[{"delta":{},"finish_reason":"stop"}]}""";
    public const string Usage = """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3}}""";

    public static Task<(JsonObject Message, MessageReading Stream)> ReadAsync(params string[] records) =>
        MessageReply.ReadAsync(Normalized(records));

    // As the relay gives them to a writer.
    public static List<string> Normalized(params string[] records) =>
        ChunkLog.Run(ChunkLog.Contract() with { HasTools = true }, records).Log.Chunks;

    public static string Text(string text) => $$"""{"choices":[{"delta":{"content":"{{text}}"} }]}""";

    public static string Thinking(string text) => $$"""{"choices":[{"delta":{"reasoning_content":"{{text}}"} }]}""";

    public static string Call(int index, string id, string name, string arguments) =>
        $$$"""{"choices":[{"delta":{"tool_calls":[{"index":{{{index}}},"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"} }]} }]}""";

    public static string Arguments(int index, string arguments) =>
        $$$"""{"choices":[{"delta":{"tool_calls":[{"index":{{{index}}},"function":{"arguments":"{{{arguments}}}"} }]} }]}""";
}
