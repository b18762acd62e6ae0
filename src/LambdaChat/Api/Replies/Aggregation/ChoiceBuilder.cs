using System.Text;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>One choice of a chat completion, put together from its deltas.</summary>
internal sealed class ChoiceBuilder(int index) : IChoiceBuilder
{
    private const int ToolCallCost = 600; // Bytes of a call's objects.
    private const int MaximumRoleLength = 256;

    private readonly JsonTextBuilder _content = new();
    private readonly JsonTextBuilder _reasoning = new();
    private readonly JsonTextBuilder _reasoningContent = new();
    private readonly JsonTextBuilder _refusal = new();
    private readonly SortedDictionary<int, ToolCallBuilder> _toolCalls = [];
    private readonly JoinedMembers _messageOthers = new(joinsTexts: true);
    private readonly ChoiceMembers _members = new();
    private string _role = "assistant";

    public int Add(ReadOnlySpan<byte> chunk, ChunkLayout layout, in ChoiceLayout choice)
    {
        var kept = AddText(_content, choice.Content, chunk) + AddText(_reasoning, choice.Reasoning, chunk) +
            AddText(_reasoningContent, choice.ReasoningContent, chunk);
        foreach (ref readonly var member in layout.DeltaMembers(choice))
        {
            if (member.NameStart == choice.ToolCalls.NameStart)
            {
                kept += AddToolCalls(member.Value(chunk));
            }
            else if (member.NameStart == choice.Role.NameStart)
            {
                _role = member.HasText && member.Text(chunk).Length <= MaximumRoleLength
                    ? Encoding.UTF8.GetString(member.Text(chunk))
                    : _role;
            }
            else if (chunk[member.NameStart..].StartsWith("\"refusal\""u8))
            {
                kept += AddText(_refusal, member, chunk);
            }
            else if (member.NameStart != choice.Content.NameStart && member.NameStart != choice.Reasoning.NameStart
                && member.NameStart != choice.ReasoningContent.NameStart)
            {
                kept += AddOther(_messageOthers, chunk, member);
            }
        }

        return kept + _members.Add(chunk[choice.Start..choice.End], "delta"u8);
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        WriteMessage(writer);
        _members.WriteTo(writer);
        writer.WriteEndObject();
    }

    private void WriteMessage(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, _role);
        if (_content.IsEmpty && (_toolCalls.Count > 0 || _messageOthers.Contains("function_call")))
        {
            writer.WriteNull("content"u8);
        }
        else
        {
            writer.WritePropertyName("content"u8);
            _content.WriteTo(writer);
        }

        WriteText(writer, "reasoning_content"u8, _reasoningContent);
        WriteText(writer, "reasoning"u8, _reasoning);
        WriteRefusal(writer);
        if (_toolCalls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (var call in _toolCalls.Values)
            {
                call.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        _messageOthers.WriteTo(writer);
        if (!_messageOthers.Contains("annotations"))
        {
            writer.WriteStartArray("annotations"u8);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    // The API's schema requires refusal and annotations in each message.
    private void WriteRefusal(Utf8JsonWriter writer)
    {
        if (_refusal.IsEmpty)
        {
            writer.WriteNull("refusal"u8);
        }
        else
        {
            WriteText(writer, "refusal"u8, _refusal);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonTextBuilder text)
    {
        if (!text.IsEmpty)
        {
            writer.WritePropertyName(name);
            text.WriteTo(writer);
        }
    }

    private static int AddText(JsonTextBuilder text, in JsonMember member, ReadOnlySpan<byte> chunk) =>
        member.HasText ? text.Add(member.Text(chunk)) : 0;

    private static int AddOther(JoinedMembers others, ReadOnlySpan<byte> chunk, in JsonMember member)
    {
        ReadOnlySpan<byte> json = [(byte)'{', .. chunk[member.NameStart..member.ValueEnd], (byte)'}'];
        var reader = new Utf8JsonReader(json);
        reader.Read();
        reader.Read();
        return others.Take(ref reader, json);
    }

    private int AddToolCalls(ReadOnlySpan<byte> json)
    {
        var kept = 0;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        for (var position = 0; reader.Read() && reader.TokenType == JsonTokenType.StartObject; position++)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var call = json[start..(int)reader.BytesConsumed];
            var number = FindIndex(call) ?? position;
            if (!_toolCalls.TryGetValue(number, out var builder))
            {
                _toolCalls[number] = builder = new ToolCallBuilder();
                kept += ToolCallCost + (2 * call.Length); // Id and name are UTF-16.
            }

            kept += builder.Add(call);
        }

        return kept;
    }

    private static int? FindIndex(ReadOnlySpan<byte> call)
    {
        var reader = new Utf8JsonReader(call);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = reader.ValueTextEquals("index"u8);
            reader.Read();
            if (isIndex && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                return number;
            }

            reader.Skip();
        }

        return null;
    }
}
