using System.Text;
using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The tool calls of one choice. It gives each call an index of its own and passes <c>id</c>, <c>type</c> and <c>name</c> once per call. A
/// call begins if a non-empty id differs from the previous id of its index or, without an index, if an id or a name arrives.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ToolCallTracker
{
    private const int MaximumCalls = 1024;
    private const long NoIndex = long.MaxValue;

    private List<ToolCall>? _calls;
    private Dictionary<long, ToolCall>? _byIndex; // The last call of each index of the server.

    /// <summary>The number of calls so far.</summary>
    public int Count => _calls?.Count ?? 0;

    /// <summary>The number of calls whose arguments are not complete JSON.</summary>
    public int IncompleteCount => _calls?.Count(call => !call.Arguments.IsComplete) ?? 0;

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
            output.Append(output.Length == 0 ? "["u8 : ","u8);
            isNormal &= Add(piece, replyId, output);
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

    // True if the piece is already in the form that clients get.
    private bool Add(in ToolCallPiece piece, string replyId, ByteBuffer output)
    {
        _calls ??= [];
        _byIndex ??= [];
        // Servers number their calls themselves, some all with the same index.
        var call = _byIndex.GetValueOrDefault(piece.Index ?? NoIndex);
        var isNew = call is null || IsOther(call, piece);
        if (isNew)
        {
            call = Begin(piece);
        }

        if (piece.AreArgumentsText)
        {
            call!.Arguments.Add(piece.Arguments);
        }

        output.Append("{\"index\":"u8);
        output.AppendNumber(call!.Index);
        if (isNew)
        {
            AppendHead(piece, call, replyId, output);
        }

        output.Append(",\"function\":{"u8);
        var isNamed = !piece.Name.IsEmpty && !call.HasName; // Some servers name a call after its id.
        if (isNew || isNamed)
        {
            output.Append("\"name\":\""u8);
            output.Append(piece.Name);
            output.Append("\","u8);
            call.HasName = isNamed;
        }

        output.Append("\"arguments\":\""u8);
        piece.AppendArguments(output);
        output.Append("\"}"u8);
        piece.AppendOthers(output);
        output.Append("}"u8);
        return piece.Index == call.Index && piece.AreArgumentsText && (isNew ? piece.HasHead : !piece.HasAnyHead);
    }

    private static void AppendHead(in ToolCallPiece piece, ToolCall call, string replyId, ByteBuffer output)
    {
        output.Append(",\"id\":\""u8);
        if (piece.Id.IsEmpty)
        {
            output.Append(Encoding.UTF8.GetBytes($"call_{replyId}_{call.Index}"));
        }
        else
        {
            output.Append(piece.Id);
        }

        output.Append("\",\"type\":\"function\""u8);
    }

    // A server that names neither ids nor indexes of its own gives each call a name and all of its arguments.
    private static bool IsOther(ToolCall call, in ToolCallPiece piece) =>
        !piece.Id.IsEmpty ? !call.HasId(piece.Id)
        : !piece.Name.IsEmpty && (piece.Index is null || (!piece.Arguments.IsEmpty && !call.HasAnyId && call.Arguments.IsComplete));

    private ToolCall Begin(in ToolCallPiece piece)
    {
        if (_calls!.Count == MaximumCalls)
        {
            throw new JsonException();
        }

        var call = new ToolCall(_calls.Count, piece.Id.ToArray());
        _calls.Add(call);
        _byIndex![piece.Index ?? NoIndex] = call;
        return call;
    }

    private sealed class ToolCall(int index, byte[] id)
    {
        public JsonProgress Arguments;

        public int Index => index;

        public bool HasName { get; set; }

        public bool HasAnyId => id.Length > 0;

        public bool HasId(ReadOnlySpan<byte> other) => other.SequenceEqual(id);
    }
}
