using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The positions of the parts of one choice of a chunk.</summary>
internal struct ChoiceLayout
{
    /// <summary>The value of <see cref="Index"/> if the chunk has an index outside 0 to 127.</summary>
    public const int InvalidIndex = -1;

    /// <summary>The position of the opening brace, and the position after the closing brace.</summary>
    public int Start;
    public int End;
    public int MemberCount;

    /// <summary>True if it has members that the relay does not know, other than null.</summary>
    public bool HasOthers;

    /// <summary>Its index; its position in the array if it has no index.</summary>
    public int Index;
    public JsonMember IndexMember;

    /// <summary>False if the index has another form than clients get, or is missing.</summary>
    public bool HasPlainIndex;
    public JsonMember FinishReason;
    public JsonMember Logprobs;
    public JsonMember Text;
    public JsonMember Message;
    public JsonMember Error;

    /// <summary>The usage of the reply, in the last chunk of some servers (Kimi). It belongs beside the choices.</summary>
    public JsonMember Usage;
    public JsonMember Delta;

    // Members of the delta.
    public JsonMember Role;
    public JsonMember Content;
    public JsonMember Reasoning;
    public JsonMember ReasoningContent;
    public JsonMember ToolCalls;
    public JsonMember FunctionCall;

    /// <summary>The bytes of the arguments in <see cref="ToolCalls"/> and in <see cref="FunctionCall"/>.</summary>
    public int ToolCallLength;
    public int LegacyCallLength;
    public JsonMember Refusal;

    /// <summary>True if one of these members is in the delta twice.</summary>
    public bool HasRepeated;

    /// <summary>All members of the delta, in <see cref="ChunkLayout.DeltaMembers"/>.</summary>
    public int FirstDeltaMember;
    public int DeltaMemberCount;

    /// <summary>True if it has text of any kind, or tool calls.</summary>
    public readonly bool HasContent => Content.HasText || HasReasoning || Text.HasText || HasCallOrRefusal;

    /// <summary>True if it has more than text that another call can continue: tool calls in either form, or a refusal.</summary>
    public readonly bool HasCallOrRefusal => HasToolCalls || HasRefusalOrLegacyCall;

    /// <summary>True if it has a refusal, or a legacy tool call.</summary>
    public readonly bool HasRefusalOrLegacyCall => Refusal.HasText || HasLegacyCall;

    /// <summary>The parts of a legacy tool call, <see cref="FunctionCall"/>.</summary>
    public LegacyCallParts LegacyCall;

    /// <summary>True if it has a legacy tool call.</summary>
    public readonly bool HasLegacyCall => LegacyCall != LegacyCallParts.None;

    /// <summary>False if the finish reason is missing or null, and the choice reports no error.</summary>
    public readonly bool MayBeFinished => HasError || FinishReason.Type is JsonTokenType.String or JsonTokenType.StartObject;

    /// <summary>True if it has the error of a gateway that has lost its model server (OpenRouter).</summary>
    public readonly bool HasError => Error.Type == JsonTokenType.StartObject && Error.ValueEnd - Error.ValueStart > 2;

    /// <summary>True for a choice in another form than OpenAI's: see <c>ChunkVariants</c>.</summary>
    public readonly bool IsVariant =>
        Message.Exists || !HasDelta || HasUsage || HasOtherLogprobs || HasParts || HasRepeated;

    /// <summary>True if a text of its delta is not a string, but a list of parts, one part, a number, or true or false.</summary>
    public readonly bool HasParts => IsPart(Content) || IsPart(Reasoning) || IsPart(ReasoningContent) || IsPart(Refusal)
        || (FunctionCall.Exists && !FunctionCall.IsNull && FunctionCall.Type != JsonTokenType.StartObject);

    /// <summary>True for a list of logprobs, and for a value that has none, such as false.</summary>
    public readonly bool HasOtherLogprobs => Logprobs.Exists && !Logprobs.IsNull && !HasLogprobs;

    public readonly bool HasUsage => Usage.Type == JsonTokenType.StartObject;

    public readonly bool HasReasoning => Reasoning.HasText || ReasoningContent.HasText;

    /// <summary>The member with the thinking. If there are two, the one with text.</summary>
    [UnscopedRef]
    public readonly ref readonly JsonMember Thinking
    {
        get
        {
            var isOther = !ReasoningContent.HasText && Reasoning.Exists && (Reasoning.HasText || !ReasoningContent.Exists);
            return ref isOther ? ref Reasoning : ref ReasoningContent;
        }
    }

    /// <summary>True if exactly one member of the delta has text.</summary>
    public readonly bool HasOneText => (Content.HasText ? 1 : 0) + (Reasoning.HasText ? 1 : 0) + (ReasoningContent.HasText ? 1 : 0) == 1;

    /// <summary>True if it has tool calls. Some servers write an empty value into each chunk, such as [], {} or [null].</summary>
    public readonly bool HasToolCalls => ToolCalls.Type is JsonTokenType.StartArray or JsonTokenType.StartObject
        && ToolCalls.ValueEnd - ToolCalls.ValueStart > "[null]".Length;

    /// <summary>
    /// True if <c>function_call</c>, the legacy form, has no call, or repeats the tool call. OpenAI's clients then ignore
    /// <c>tool_calls</c>.
    /// </summary>
    public readonly bool HasUselessLegacyCall => FunctionCall.Exists && !FunctionCall.IsNull && (HasToolCalls || !HasLegacyCall);

    public readonly bool HasLogprobs => Logprobs.Type == JsonTokenType.StartObject;

    public readonly bool HasDelta => Delta.Type == JsonTokenType.StartObject;

    /// <summary>The bytes of its texts and of the arguments of its calls, as JSON. A repeated call counts once.</summary>
    public readonly int TextLength => LengthOf(Text) + LengthOf(Content) + LengthOf(Thinking) + LengthOf(Refusal)
        + (HasToolCalls ? ToolCallLength : LegacyCallLength);

    private static int LengthOf(in JsonMember member) => member.IsNull ? 0 : member.ValueEnd - member.ValueStart;

    private static bool IsPart(in JsonMember member) =>
        member.Type is not (JsonTokenType.None or JsonTokenType.Null or JsonTokenType.String);
}
