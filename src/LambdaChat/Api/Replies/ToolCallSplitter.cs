using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies;

/// <summary>
/// Divides a chunk with several tool calls into parts with one call each, which is what OpenAI sends. Some model servers send all calls at
/// once, and some clients read only the first one or throw an exception. Source: <c>OpenAiStreamFunctionCallingHelper</c> in
/// https://github.com/spring-projects/spring-ai/tree/1.1.x/models/spring-ai-openai
/// </summary>
internal sealed class ToolCallSplitter
{
    private readonly ChunkLayout _layout = new();
    private readonly List<(int Start, int End)> _calls = [];
    private readonly JsonSplicer _splices = new();
    private readonly ByteBuffer _part = new(512);

    /// <summary>False for a chunk without a tool call.</summary>
    public static bool MayDivide(ReadOnlySpan<byte> chunk) => chunk.IndexOf("\"tool_calls\""u8) >= 0;

    /// <summary>Reads a chunk and returns the number of its parts.</summary>
    public int Read(ReadOnlySpan<byte> chunk)
    {
        _layout.Read(chunk);
        _calls.Clear();
        if (_layout.ChoiceCount == 1 && _layout.Choice(0).HasToolCalls)
        {
            FindCalls(chunk, _layout.Choice(0).ToolCalls);
        }

        return Math.Max(_calls.Count, 1);
    }

    /// <summary>
    /// Writes a part of a chunk with several parts. The first one has the text and all members that clients may not know, which can be
    /// long. The last one has the finish reason and the usage. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> chunk, int part)
    {
        var call = chunk[_calls[part].Start.._calls[part].End];
        _part.Clear();
        if (part == 0)
        {
            WriteFirst(chunk, call);
        }
        else
        {
            WriteOther(chunk, call, isLast: part == _calls.Count - 1);
        }

        return _part.Span;
    }

    private void WriteFirst(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> call)
    {
        ref readonly var choice = ref _layout.Choice(0);
        _splices.Clear();
        Replace(choice.ToolCalls, [.. "["u8, .. call, .. "]"u8]);
        Clear(choice.FinishReason);
        Clear(_layout.Usage);
        _splices.WriteTo(_part, chunk);
    }

    private void WriteOther(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> call, bool isLast)
    {
        ref readonly var choice = ref _layout.Choice(0);
        _part.Append("{"u8);
        Append(chunk, _layout.Id);
        Append(chunk, _layout.Object);
        Append(chunk, _layout.Created);
        Append(chunk, _layout.Model);
        _part.Append("\"choices\":[{"u8);
        Append(chunk, choice.IndexMember);
        _part.Append("\"delta\":{\"tool_calls\":["u8);
        _part.Append(call);
        _part.Append("]}"u8);
        AppendAtEnd(chunk, choice.FinishReason, ",\"finish_reason\":"u8, isLast);
        _part.Append("}]"u8);
        AppendAtEnd(chunk, _layout.Usage, ",\"usage\":"u8, isLast);
        _part.Append("}"u8);
    }

    private void Append(ReadOnlySpan<byte> chunk, in JsonMember member)
    {
        if (member.Exists)
        {
            _part.Append(chunk[member.NameStart..member.ValueEnd]);
            _part.Append(","u8);
        }
    }

    // Null in the parts before the last one.
    private void AppendAtEnd(ReadOnlySpan<byte> chunk, in JsonMember member, ReadOnlySpan<byte> name, bool isLast)
    {
        if (member.Exists)
        {
            _part.Append(name);
            _part.Append(isLast ? member.Value(chunk) : "null"u8);
        }
    }

    private void FindCalls(ReadOnlySpan<byte> chunk, in JsonMember calls)
    {
        var reader = new Utf8JsonReader(calls.Value(chunk));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = calls.ValueStart + (int)reader.TokenStartIndex;
            reader.Skip();
            _calls.Add((start, calls.ValueStart + (int)reader.BytesConsumed));
        }
    }

    private void Clear(in JsonMember member)
    {
        if (member.Exists)
        {
            Replace(member, "null"u8.ToArray());
        }
    }

    private void Replace(in JsonMember member, byte[] value) => _splices.Add(member.ValueStart, member.ValueEnd - member.ValueStart, value);
}
