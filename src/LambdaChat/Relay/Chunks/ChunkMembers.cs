using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>What is known of a record outside its choices. One struct, so that it is cleared, kept and restored at once.</summary>
internal struct ChunkMembers
{
    /// <summary>The offset after the opening brace.</summary>
    public int Start;

    /// <summary>The number of all members.</summary>
    public int Count;

    /// <summary>True if the record has members that the relay does not know, other than null.</summary>
    public bool HasOthers;

    public JsonMember Id;
    public JsonMember Object;
    public JsonMember Created;
    public JsonMember Model;
    public JsonMember Choices;
    public JsonMember Usage;
    public JsonMember Error;
    public JsonMember ErrorType;
    public JsonMember Message;
    public TokenLayout Token;
    public JsonMember GeneratedText;
    public JsonMember Details;
    public JsonMember Detail;
    public JsonMember Errors;
}
