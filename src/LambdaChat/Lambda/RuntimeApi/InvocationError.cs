using System.Buffers;
using System.Text.Json;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>A failure as the Runtime API takes it: a type in dotted words and a sentence. Never a stack trace, which may hold content.</summary>
internal sealed record InvocationError(string Type, string Message)
{
    /// <summary>For a bug: the exception's type, whose name is safe, and not its message, which may not be.</summary>
    public static InvocationError Of(Exception exception) =>
        new($"Function.{exception.GetType().Name}", "The function failed. Its log has the reason.");

    /// <summary><c>{"errorMessage","errorType","stackTrace":[]}</c></summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("errorMessage"u8, Message);
            writer.WriteString("errorType"u8, Type);
            writer.WriteStartArray("stackTrace"u8);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return json.WrittenMemory;
    }
}
