using System.Buffers;
using LambdaChat.Http;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies;

/// <summary>
/// A failure after the first byte in a form that every client shows: an error event for clients that read it, a chunk with visible text for
/// those that do not, and finish reasons. The first finish reason contains the cause, because clients with a closed set of finish reasons,
/// such as OpenAI .NET, throw an exception with the unknown value. The last one is <c>error</c>.
/// </summary>
internal static class InStreamError
{
    /// <summary>Writes the error event and the chunks. The visible text is optional.</summary>
    /// <param name="id">The reply's id as JSON.</param>
    public static void Write(SseEvents output, ApiError error, OutputFormat format, ReadOnlySpan<byte> id)
    {
        var json = new ArrayBufferWriter<byte>();
        error.WriteTo(json);
        output.Write(json.WrittenSpan);
        if (format.ShowsErrors)
        {
            output.Write(AddedChunk.Create(format, id, index: 0, VisibleErrorText.Format(error.Message), finishReason: null));
        }

        output.Write(AddedChunk.Create(format, id, index: 0, text: null, $"error: {error.Message}"));
        output.Write(AddedChunk.Create(format, id, index: 0, text: null, "error"));
    }
}
