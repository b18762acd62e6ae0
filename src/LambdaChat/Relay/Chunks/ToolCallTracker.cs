using System.Text;
using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The tool calls of one choice. It gives each call an index of its own and passes <c>id</c>, <c>type</c> and <c>name</c> once per call. A
/// call begins if a non-empty id differs from the previous id of its index or, without an index, if an id or a name arrives. Some servers
/// change the id or the index between the pieces of a call: a piece without a name belongs to the call with its id, or to one that is not
/// whole. A call is sent when it has a name, because most clients read the name only in the first piece.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ToolCallTracker
{
    private const int MaximumCalls = 1024;
    private const int MaximumWaiting = 64 * 1024; // Bytes of all calls without a name.
    private const long NoIndex = long.MaxValue;

    private List<ToolCall>? _calls;
    private Dictionary<long, ToolCall>? _byIndex; // The last call of each index of the server.
    private int _sent; // Calls that the client has, which are numbered in this order.
    private int _waitingLength;

    /// <summary>The number of calls so far.</summary>
    public int Count => _calls?.Count ?? 0;

    /// <summary>The number of calls whose arguments are not complete JSON.</summary>
    public int IncompleteCount => _calls?.Count(call => !call.Arguments.IsComplete) ?? 0;

    /// <summary>True if a call waits for its name.</summary>
    public bool IsWaiting => _sent < Count;

    /// <summary>Takes the value of <c>tool_calls</c>; false if it passes unchanged.</summary>
    /// <param name="json">An array of calls or a single call.</param>
    /// <param name="replyId">The id of the reply, for calls that have none.</param>
    /// <param name="output">Receives the array as the client gets it; empty if no call is in it.</param>
    /// <exception cref="JsonException">The value is neither, or the reply has more than 1,024 calls.</exception>
    public bool TryEdit(ReadOnlySpan<byte> json, string replyId, ByteBuffer output)
    {
        output.Clear();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var isArray = reader.TokenType == JsonTokenType.StartArray;
        var isNormal = isArray;
        if (isArray)
        {
            reader.Read();
        }

        while (reader.TokenType == JsonTokenType.StartObject)
        {
            var piece = ToolCallPiece.Read(ref reader, json);
            var isNothing = piece.IsEmpty && _byIndex?.ContainsKey(piece.Index ?? NoIndex) != true; // Such as {}.
            isNormal &= !isNothing && Add(piece, replyId, output);
            if (!reader.Read())
            {
                break;
            }
        }

        if (output.Length > 0)
        {
            output.Append("]"u8);
            return !isNormal;
        }

        return true;
    }

    /// <summary>Writes the calls that wait for a name, as an array; nothing if none does. The choice has ended.</summary>
    public void WriteWaiting(string replyId, ByteBuffer output)
    {
        output.Clear();
        for (var i = 0; i < Count && IsWaiting; i++)
        {
            if (!_calls![i].IsSent)
            {
                Write(_calls[i], default, replyId, output);
            }
        }

        output.Append(output.Length > 0 ? "]"u8 : default);
    }

    // True if the piece is already in the form that clients get.
    private bool Add(in ToolCallPiece piece, string replyId, ByteBuffer output)
    {
        _calls ??= [];
        _byIndex ??= [];
        // Servers number their calls themselves, some all with the same index.
        var call = _byIndex.GetValueOrDefault(piece.Index ?? NoIndex);
        if (call is null || IsOther(call, piece))
        {
            call = _byIndex[piece.Index ?? NoIndex] = FindOther(piece) ?? Begin();
        }

        if (!call.HasAnyId && !call.IsSent)
        {
            call.Id = piece.Id.ToArray();
        }

        call.HasArguments |= !piece.Arguments.IsEmpty;
        if (piece.AreArgumentsText)
        {
            call.Arguments.Add(piece.Arguments);
        }

        var isNew = !call.IsSent;
        if (isNew && piece.Name.IsEmpty && TryWait(call, piece))
        {
            return false;
        }

        var hasWaited = call.Waiting is not null;
        Write(call, piece, replyId, output);
        return !hasWaited && piece.Index == call.Index && piece.AreArgumentsText && !piece.IsFlat
            && (isNew ? piece.HasHead : !piece.HasAnyHead);
    }

    private void Write(ToolCall call, in ToolCallPiece piece, string replyId, ByteBuffer output)
    {
        output.Append(output.Length == 0 ? "[{\"index\":"u8 : ",{\"index\":"u8);
        var isNew = !call.IsSent;
        call.Index = isNew ? _sent++ : call.Index;
        output.AppendNumber(call.Index);
        if (isNew)
        {
            AppendHead(call, replyId, output);
        }

        output.Append(",\"function\":{"u8);
        var isNamed = !piece.Name.IsEmpty && !call.HasName; // Some servers name a call after its id.
        if (isNew || isNamed)
        {
            output.Append("\"name\":\""u8);
            output.Append(piece.Name);
            output.Append("\","u8);
            call.Name = piece.Name.ToArray();
        }

        output.Append("\"arguments\":\""u8);
        output.Append(call.Waiting is null ? default : call.Waiting.Span);
        piece.AppendArguments(output);
        output.Append("\"}"u8);
        var others = call.WaitingOthers is null ? default : call.WaitingOthers.Span;
        output.Append(others);
        if (others.IsEmpty)
        {
            piece.AppendOthers(output);
        }

        output.Append("}"u8);
        _waitingLength -= call.WaitingLength;
        call.Waiting = call.WaitingOthers = null;
    }

    // Keeps a piece of a call without a name; false if too much waits.
    private bool TryWait(ToolCall call, in ToolCallPiece piece)
    {
        if (_waitingLength > MaximumWaiting)
        {
            return false;
        }

        _waitingLength -= call.WaitingLength;
        piece.AppendArguments(call.Waiting ??= new ByteBuffer(64));
        if ((call.WaitingOthers ??= new ByteBuffer(64)).Length == 0)
        {
            piece.AppendOthers(call.WaitingOthers);
        }

        _waitingLength += call.WaitingLength;
        return true;
    }

    private static void AppendHead(ToolCall call, string replyId, ByteBuffer output)
    {
        output.Append(",\"id\":\""u8);
        output.Append(call.HasAnyId ? call.Id : Encoding.UTF8.GetBytes($"call_{replyId}_{call.Index}"));
        output.Append("\",\"type\":\"function\""u8);
    }

    // A server that names neither ids nor indexes of its own gives each call a name and all of its arguments, or repeats the name with each
    // piece of them. Some name a call's id late.
    private bool IsOther(ToolCall call, in ToolCallPiece piece) =>
        !piece.Id.IsEmpty
            ? !call.HasId(piece.Id)
                && (!piece.Name.IsEmpty || call.IsWhole || (call.HasAnyId && (piece.Arguments.IsEmpty || !call.HasName))
                    || FindOther(piece) is not null)
            : !piece.Name.IsEmpty && call.HasName && (call.IsWhole || !piece.Name.SequenceEqual(call.Name))
                && (piece.Index is null || (!piece.Arguments.IsEmpty && !call.HasAnyId && call.Arguments.IsComplete));

    // The call of a piece that has another index than the pieces before it, or none. Without an id, it belongs to the last call.
    private ToolCall? FindOther(in ToolCallPiece piece)
    {
        for (var i = Count - 1; i >= 0 && piece.Name.IsEmpty; i--)
        {
            if (piece.Id.IsEmpty ? i == Count - 1 && _calls![i] is { HasName: true, IsWhole: false } : _calls![i].HasId(piece.Id))
            {
                return _calls[i];
            }
        }

        return null;
    }

    private ToolCall Begin()
    {
        if (_calls!.Count == MaximumCalls)
        {
            throw new JsonException();
        }

        var call = new ToolCall();
        _calls.Add(call);
        return call;
    }
}
