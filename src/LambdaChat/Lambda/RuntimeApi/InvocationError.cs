using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// A failure as the Runtime API accepts it. It has no stack trace, because that may contain user content.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror
/// </summary>
/// <param name="Type">The error type, such as <c>Function.Configuration</c>.</param>
/// <param name="Message">One sentence without user content.</param>
internal sealed record InvocationError(string Type, string Message)
{
    /// <summary>The header or trailer with <see cref="Type"/>.</summary>
    public const string TypeName = "Lambda-Runtime-Function-Error-Type";

    /// <summary>The trailer with the JSON of <see cref="ToJson"/> in Base64.</summary>
    public const string BodyName = "Lambda-Runtime-Function-Error-Body";

    /// <summary>An unexpected exception. The error has its type but not its message, which may contain user content.</summary>
    public static InvocationError Of(Exception exception) =>
        new($"Function.{exception.GetType().Name}", "The function failed. See its log for the cause.");

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

    /// <summary>
    /// The end of a streamed response that fails after its first byte: the last chunk, the error trailers and a blank line.
    /// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
    /// </summary>
    public byte[] ToTrailers() => Encoding.ASCII.GetBytes(
        $"0\r\n{TypeName}: {Type}\r\n{BodyName}: {Convert.ToBase64String(ToJson().Span)}\r\n\r\n");
}
