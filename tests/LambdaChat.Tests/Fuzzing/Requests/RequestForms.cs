using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>The forms of a request in all APIs.</summary>
internal static class RequestForms
{
    public const string Chat = "/v1/chat/completions";
    public const string Messages = "/v1/messages";
    public const string Responses = "/v1/responses";
    public const string UiMessages = "/api/chat";
    public const string AgUi = "/ag-ui";

    private static readonly JsonSerializerOptions[] Notations =
    [
        new() { MaxDepth = 1000 },
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 },
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000, WriteIndented = true },
    ];

    public static IReadOnlyList<string> Paths { get; } = [Chat, Messages, Responses, UiMessages, AgUi];

    /// <summary>Writes a conversation as a client of the API does.</summary>
    public static JsonObject Write(string api, GeneratedConversation conversation, Mutator random) => api switch
    {
        Chat => new ChatForm(conversation, random).Write(),
        Messages => new MessagesForm(conversation, random).Write(),
        Responses => new ResponsesForm(conversation, random).Write(),
        UiMessages => new UiMessagesForm(conversation, random).Write(),
        _ => new AgUiForm(conversation, random).Write(),
    };

    /// <summary>The JSON in one of the notations of clients.</summary>
    public static byte[] ToBytes(JsonObject body, Mutator random) => Encoding.UTF8.GetBytes(body.ToJsonString(random.Pick(Notations)));
}
