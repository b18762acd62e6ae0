using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;
using LambdaChat.Upstream;

namespace LambdaChat.Api.Pooling;

/// <summary>
/// The reply of a pooling model, collected in memory up to <see cref="RecordReader.MaximumDocumentLength"/> bytes.
/// </summary>
/// <param name="modelName">The name of the model in the request.</param>
internal sealed class PoolingReply(string modelName, MemoryReservation memory, ReplyMeasurements measurements)
{
    private const int Copies = 3; // Of the reply, in a buffer that doubles.
    private const int CopiesOfRepair = 8; // Of a reply that is not valid JSON: also its text in UTF-16, and the repaired reply.

    // What may precede a JSON document: white space and a byte order mark. Control characters are not text.
    private static readonly byte[] Marks = [.. "\uFEFF"u8, .. Enumerable.Range(0, 0x21).Select(static value => (byte)value)];

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    private readonly ByteBuffer _bytes = new(4096);

    public ReplyMeasurements Measurements => measurements;

    /// <summary>The reply for the client; empty until <see cref="Finish"/> succeeds.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces { get; private set; } = [];

    /// <summary>The usage that the model server reported; null if it reported none.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Collects the reply to its end. Null, or its failure.</summary>
    public async Task<ReplyFailure?> CollectAsync(IPayloadReader payloads, ReplyTimeouts timeouts)
    {
        while (await payloads.ReadAsync(timeouts.Token))
        {
            timeouts.PauseIdleTimer();
            if (Append(payloads, out var hasText) is { } failure)
            {
                return failure;
            }

            if (_bytes.Length >= IReplyMemory.LargeDocument && await memory.WaitForTurnAsync(timeouts.Token) is { } refusal)
            {
                return refusal;
            }

            timeouts.RestartIdleTimer(hasText, isAfterFirst: false); // White space is not part of the reply.
        }

        return payloads.Failure;
    }

    /// <summary>
    /// Gives the reply the model name of the request. Null, or its failure. A reply that is not a JSON object is damaged.
    /// </summary>
    public ReplyFailure? Finish()
    {
        ReadOnlyMemory<byte> reply = _bytes.Memory[(_bytes.Length - _bytes.Span.TrimStart(Marks).Length)..];
        var isValid = !RecordRepair.IsNeeded(reply.Span);
        var json = isValid ? RequestJson.TryParse(reply) : null;
        if (json is null && memory.Reserve((long)CopiesOfRepair * reply.Length) is { } refusal)
        {
            return refusal;
        }

        reply = isValid ? reply : PoolingReplies.Repair(reply);
        if (PoolingReplies.FindFailure(reply.Span) is { } failure)
        {
            return failure;
        }

        json ??= RequestJson.TryParse(reply) ?? RequestJson.TryParse(PoolingReplies.Repair(reply));
        if (json is null)
        {
            return new ReplyFailure(FailureKind.CorruptStream);
        }

        Edit(json);
        return null;
    }

    /// <summary>Releases the memory that was reserved for a repair, and the turn of a large reply.</summary>
    public void Shrink() => memory.Shrink(Copies * (long)_bytes.Length);

    private void Edit(RequestJson json)
    {
        var editor = new RequestEditor(json);
        if (json.Contains("model"))
        {
            editor.Set("model", JsonText.Quote(modelName));
        }

        var usage = json.Find("usage");
        if (usage is { } reported && UsageEditor.Replace(json.Value(reported), UsageEditor.Zero) is { } other)
        {
            editor.Set("usage", other);
        }

        Usage = usage is { Type: JsonTokenType.StartObject } member ? TokenUsage.ReadPooling(json.Value(member)) : null;
        Pieces = editor.Apply();
    }

    private ReplyFailure? Append(IPayloadReader payloads, out bool hasText)
    {
        hasText = false;
        while (payloads.TryRead(out var payload))
        {
            measurements.PayloadReceived(isCut: _bytes.Length > 0);
            if (payload.Length > RecordReader.MaximumDocumentLength - _bytes.Length)
            {
                return new ReplyFailure(FailureKind.ReplyTooLong);
            }

            if (memory.Reserve(Copies * ((long)_bytes.Length + payload.Length)) is { } failure)
            {
                return failure;
            }

            _bytes.Append(payload);
            hasText |= payload.ContainsAnyExcept(Blanks);
        }

        return null;
    }
}
