using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The members of a record, outside its choices, that the relay knows. One struct, so that they are cleared together.</summary>
internal struct ChunkMembers
{
    public JsonMember Id;
    public JsonMember Object;
    public JsonMember Created;
    public JsonMember Model;
    public JsonMember Choices;
    public JsonMember Usage;
    public JsonMember Error;
    public JsonMember ErrorType;
    public JsonMember Message;
    public JsonMember Token;
    public JsonMember GeneratedText;
    public JsonMember Details;
    public JsonMember Detail;
    public JsonMember Errors;
}
