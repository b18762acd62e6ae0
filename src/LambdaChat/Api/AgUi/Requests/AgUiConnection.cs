using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.AgUi.Requests;

/// <summary>
/// A request of a client that resumes the last run of its thread. It has the form of a run, with the messages that the client has. Source:
/// https://docs.ag-ui.com/sdk/js/client/abstract-agent
/// </summary>
internal sealed class AgUiConnection
{
    /// <param name="root">The request body.</param>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public AgUiConnection(JsonElement root)
    {
        var item = new RequestItem(root, "");
        Thread = item.Text("threadId").Value.GetString()!;
        ThreadId = item.Text("threadId").Raw.ToArray();
        RunId = item.Text("runId").Raw.ToArray();
        MayBeOld = OldClient.MayHaveSent(item);
        Messages = [.. item.List("messages").Select(static message => new Message(TextOf(message, "id"), TextOf(message, "role")))];
    }

    /// <summary>The id of the thread.</summary>
    public string Thread { get; }

    /// <summary>The id of the thread, as a JSON string.</summary>
    public byte[] ThreadId { get; }

    /// <summary>The id that the client gives to the run, as a JSON string.</summary>
    public byte[] RunId { get; }

    /// <summary>Whether the client may be one that does not know the events of thinking.</summary>
    public bool MayBeOld { get; }

    /// <summary>The messages that the client has.</summary>
    public IReadOnlyList<Message> Messages { get; }

    private static string TextOf(RequestItem message, string name) =>
        message.Expect(FieldType.Object).FindText(name)?.Value.GetString() ?? "";

    /// <summary>A message of the client. Its texts are empty if it has none.</summary>
    internal sealed record Message(string Id, string Role);
}
