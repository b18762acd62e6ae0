using System.Text.Json;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The field <c>stream_options</c>. Source: https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
/// </summary>
internal static class StreamOptions
{
    private const string Name = "stream_options";
    private const string UsageName = "include_usage";

    /// <summary>True if the client requests the usage of the stream.</summary>
    /// <exception cref="ErrorResponseException">The field is not an object.</exception>
    public static bool IncludesUsage(RequestJson json) => Parse(json)?.Find(UsageName)?.Type == JsonTokenType.True;

    /// <summary>Requests the usage of the stream, and keeps the client's other options.</summary>
    /// <exception cref="ErrorResponseException">The field is not an object.</exception>
    public static void RequestUsage(RequestJson json, RequestEditor editor)
    {
        if (Parse(json) is not { } options)
        {
            editor.Set(Name, """{"include_usage":true}"""u8);
            return;
        }

        var edited = new RequestEditor(options);
        edited.Set(UsageName, "true"u8);
        editor.Include(edited, json.Find(Name)!.Value.ValueStart);
    }

    /// <summary>Removes the field: "Only set this when you set stream: true."</summary>
    public static void Remove(RequestEditor editor) => editor.Remove(Name);

    private static RequestJson? Parse(RequestJson json)
    {
        if (json.Find(Name) is not { } member)
        {
            return null;
        }

        if (member.Type != JsonTokenType.StartObject)
        {
            throw new ErrorResponseException(FieldErrors.WrongType(Name, FieldType.Object, json.Value(member)));
        }

        var (options, fault) = RequestJson.Parse(json.Body[member.ValueStart..member.ValueEnd]);
        return options ?? throw new ErrorResponseException(fault!);
    }
}
