using System.Text;
using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The tool calls of one choice. It gives each call an index and an id of its own, and passes <c>id</c>, <c>type</c> and <c>name</c> once
/// per call. A call is sent when it has a name, because most clients read the name only in the first piece. All pieces of a call in one
/// chunk become one. <see cref="ToolCallMatcher"/> decides which call a piece belongs to.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ToolCallTracker
{
    private const int MaximumWaiting = 64 * 1024; // Bytes of all calls without a name.

    private readonly List<ToolCall> _changed = []; // By the chunk that is read.
    private int _chunk; // Its number.
    private ToolCallMatcher? _matcher;
    private ToolCall? _held; // Its arguments may be a placeholder. A call that follows shows that they are not.
    private int _sent; // Calls that the client has, which are numbered in this order.
    private int _waitingLength;

    /// <summary>The number of calls so far.</summary>
    public int Count => Calls.Count;

    /// <summary>The number of calls whose arguments are not complete JSON.</summary>
    public int IncompleteCount => Calls.Count(call => !call.IsComplete);

    /// <summary>True if the arguments of a call have begun and are not complete.</summary>
    public bool HasOpenCall => Calls.Any(call => call.IsOpen);

    /// <summary>True if a call may have arguments that the client does not have, because the real ones may follow.</summary>
    public bool IsHolding => _held is { IsHeld: true };

    /// <summary>True if a call waits for its name.</summary>
    public bool IsWaiting => _sent < Count;

    private IReadOnlyList<ToolCall> Calls => _matcher?.Calls ?? [];

    /// <summary>Takes the value of <c>tool_calls</c>; false if it passes unchanged.</summary>
    /// <param name="json">An array of calls or a single call.</param>
    /// <param name="replyId">The id of the reply, for calls that have none.</param>
    /// <param name="output">Receives the array as the client gets it; empty if no call is in it.</param>
    /// <exception cref="JsonException">The value is neither, or the reply has more than 1,024 calls.</exception>
    public bool TryEdit(ReadOnlySpan<byte> json, string replyId, ByteBuffer output)
    {
        output.Clear();
        _changed.Clear();
        _chunk++;
        _matcher ??= new ToolCallMatcher();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var isNormal = reader.TokenType == JsonTokenType.StartArray;
        if (isNormal)
        {
            reader.Read();
        }

        while (reader.TokenType != JsonTokenType.EndArray)
        {
            isNormal &= reader.TokenType == JsonTokenType.StartObject && TryAdd(ToolCallPiece.Read(ref reader, json));
            reader.Skip(); // Some servers send null in place of a call.
            if (!reader.Read())
            {
                break;
            }
        }

        foreach (var call in _changed)
        {
            isNormal &= !MustWait(call) && Write(call, replyId, output);
        }

        output.Append(output.Length > 0 ? "]"u8 : default);
        return !isNormal || output.Length == 0;
    }

    /// <summary>
    /// Gives the calls without arguments an empty object, because clients parse them. False if there are no such calls.
    /// <see cref="WriteWaiting"/> writes the objects.
    /// </summary>
    /// <param name="isWhole">False if the choice is not complete. Only arguments that are held become objects then.</param>
    public bool TryComplete(bool isWhole)
    {
        _held = null;
        var isChanged = false;
        for (var i = 0; i < Count; i++)
        {
            if (Calls[i].LacksObject(isWhole))
            {
                Calls[i].Complete();
                isChanged = true;
            }
        }

        return isChanged;
    }

    /// <summary>
    /// Writes the calls that wait for a name, and what <see cref="TryComplete"/> has added, as an array; nothing if there is nothing.
    /// </summary>
    /// <param name="isEnd">False if the choice has not ended, so that calls without a name still wait.</param>
    public void WriteWaiting(string replyId, ByteBuffer output, bool isEnd = true)
    {
        output.Clear();
        for (var i = 0; i < Count; i++)
        {
            if (Calls[i].IsWaiting && (isEnd || Calls[i].IsSent))
            {
                Write(Calls[i], replyId, output);
            }
        }

        output.Append(output.Length > 0 ? "]"u8 : default);
    }

    // False if the piece adds nothing to a call.
    private bool TryAdd(in ToolCallPiece piece)
    {
        if (_matcher!.Find(piece) is not { } call)
        {
            return false;
        }

        if (_held is { IsHeld: true } held && held != call)
        {
            held.Complete(); // Some clients take a call as complete when the next one begins.
            NoteChange(held);
        }

        call.Take(piece);
        _held = call.IsHeld ? call : null;
        NoteChange(call);
        return true;
    }

    private void NoteChange(ToolCall call)
    {
        if (call.LastChunk != _chunk)
        {
            call.LastChunk = _chunk;
            _changed.Add(call);
        }
    }

    // A call waits for its name, unless too much waits.
    private bool MustWait(ToolCall call)
    {
        if (call.IsSent || call.HasName || _waitingLength > MaximumWaiting)
        {
            return false;
        }

        _waitingLength += call.WaitingLength - call.CountedLength;
        call.CountedLength = call.WaitingLength;
        return true;
    }

    // True if the server has sent it in the same form.
    private bool Write(ToolCall call, string replyId, ByteBuffer output)
    {
        output.Append(output.Length == 0 ? "[{\"index\":"u8 : ",{\"index\":"u8);
        var isNew = !call.IsSent;
        call.Index = isNew ? _sent++ : call.Index;
        output.AppendNumber(call.Index);
        if (isNew)
        {
            call.SentId = MakeId(call, replyId);
            output.Append(",\"id\":\""u8);
            output.Append(call.SentId);
            output.Append(call.IsCustom ? "\",\"type\":\"custom\""u8 : "\",\"type\":\"function\""u8);
        }

        output.Append(call.IsCustom ? ",\"custom\":{"u8 : ",\"function\":{"u8);
        if (isNew || (call.HasName && !call.IsNameSent)) // Some servers name a call after its id.
        {
            output.Append("\"name\":\""u8);
            output.Append(call.Name);
            output.Append("\","u8);
            call.IsNameSent = call.HasName;
        }

        output.Append(call.IsCustom ? "\"input\":\""u8 : "\"arguments\":\""u8);
        output.Append(call.Arguments);
        output.Append("\"}"u8);
        output.Append(call.Others);
        output.Append("}"u8);
        var isNormal = call.IsNormal && call.ServerIndex == call.Index && (!isNew || ReferenceEquals(call.SentId, call.Id));
        _waitingLength -= call.CountedLength;
        call.CountedLength = 0;
        call.SetSent();
        return isNormal;
    }

    // Some servers give all calls the same id. Later ones get a suffix such as ~2, as in ToolCallIds.
    private byte[] MakeId(ToolCall call, string replyId)
    {
        var id = call.HasAnyId ? call.Id : Encoding.UTF8.GetBytes($"call_{replyId}_{call.Index}");
        var number = Math.Max(Calls.Count(other => other.SentId.Length > 0 && other.HasId(id)), 1);
        var unique = id;
        while (Calls.Any(other => other.SentId.AsSpan().SequenceEqual(unique)))
        {
            unique = [.. id, .. Encoding.UTF8.GetBytes($"~{++number}")];
        }

        return unique;
    }
}
