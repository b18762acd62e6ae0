using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The positions of the parts of one choice of a chunk.</summary>
internal struct ChoiceLayout
{
    /// <summary>The position of the opening brace, and the position after the closing brace.</summary>
    public int Start;
    public int End;
    public int MemberCount;

    /// <summary>True where it has members that the relay does not know, other than null.</summary>
    public bool HasOthers;

    /// <summary>The index of an element that names one outside 0 to 127.</summary>
    public const int InvalidIndex = -1;

    /// <summary>Its index; its position in the array where it names none.</summary>
    public int Index;
    public JsonMember IndexMember;
    public JsonMember FinishReason;
    public JsonMember Logprobs;
    public JsonMember Text;
    public JsonMember Message;
    public JsonMember Delta;

    // Of the delta:
    public JsonMember Role;
    public JsonMember Content;
    public JsonMember Reasoning;
    public JsonMember ReasoningContent;
    public JsonMember ToolCalls;

    /// <summary>All members of the delta, in <see cref="ChunkLayout.DeltaMembers"/>.</summary>
    public int FirstDeltaMember;
    public int DeltaMemberCount;

    public readonly bool HasReasoning => Reasoning.HasText || ReasoningContent.HasText;

    /// <summary>True where one member of the delta has text, and no other.</summary>
    public readonly bool HasOneText => (Content.HasText ? 1 : 0) + (Reasoning.HasText ? 1 : 0) + (ReasoningContent.HasText ? 1 : 0) == 1;

    public readonly bool HasToolCalls => ToolCalls.Exists && !ToolCalls.IsNull && (ToolCalls.Type != System.Text.Json.JsonTokenType.StartArray || ToolCalls.ValueEnd - ToolCalls.ValueStart > 3);

    public readonly bool HasLogprobs => Logprobs.Type == System.Text.Json.JsonTokenType.StartObject;

    public readonly bool HasDelta => Delta.Type == System.Text.Json.JsonTokenType.StartObject;
}
