using System.Text.Json;

namespace LambdaChat.Api.Requests;

/// <summary>A member of a request's body: where it stands, as offsets into the body.</summary>
internal sealed record RequestMember(string Name, int NameStart, int ValueStart, int ValueEnd, JsonTokenType Type)
{
    public bool IsNull => Type == JsonTokenType.Null;
}
