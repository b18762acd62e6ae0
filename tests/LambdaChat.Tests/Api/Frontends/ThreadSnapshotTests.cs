using System.Text;
using System.Text.Json;
using LambdaChat.Api.AgUi;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>The messages before a run, for a client that resumes it.</summary>
public sealed class ThreadSnapshotTests
{
    private const string User = """{"id":"u","role":"user","content":"hi"}""";

    // Clients reject null, and a message without an id.
    [Theory]
    [InlineData("""{"id":"a","role":"assistant","content":null,"toolCalls":[{"id":"c","encryptedValue":null,"function":{"name":"f","arguments":"{}"}}]}""",
        """{"id":"a","role":"assistant","toolCalls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}""")]
    [InlineData("""{"role":"user","content":"ä\u0000"},{"id":7,"role":"user","content":[{"type":"text","text":"x"},[null,1.50]]}""",
        """{"id":"message-1","role":"user","content":"ä\u0000"},{"id":"message-2","role":"user","content":[{"type":"text","text":"x"},[null,1.50]]}""")]
    public void Messages_OfARequest_AreInTheFormOfTheClients(string messages, string expected) =>
        Assert.Equal($$"""{"type":"MESSAGES_SNAPSHOT","messages":[{{expected}}]}""", Write(messages));

    // Of the run itself, the client may have nothing or a part: assistant messages, thinking and results of cut calls. It keeps thinking
    // that the snapshot lacks.
    [Theory]
    [InlineData("", "")]
    [InlineData(User, "")]
    [InlineData(User + """,{"id":"a","role":"assistant","content":"par"}""", "")]
    [InlineData(User + """,{"id":"msg_1_2","role":"tool","toolCallId":"c","content":"x"}""", "")]
    [InlineData(User + """,{"id":"t","role":"reasoning","content":"par"},{"id":"v","role":"activity"},{"role":"user"}""",
        """,{"id":"t","role":"reasoning","content":""}""")]
    public void Client_WithAPartOfTheRun_TakesTheSnapshot(string own, string more) =>
        Assert.Equal($$"""{"type":"MESSAGES_SNAPSHOT","messages":[{{User}}{{more}}]}""", Write(User, own));

    [Theory]
    [InlineData("""{"id":"r","role":"tool","toolCallId":"c","content":"x"}""")]
    [InlineData("""{"id":"u2","role":"user","content":"next"}""")]
    public void Client_WithALaterMessage_HasTheRun(string later) => Assert.Null(Write(User, $"{User},{later}"));

    private static string? Write(string messages, string own = "")
    {
        var run = new StoredRun(new StoredBlocks("msg_1", "m", ["c"]), "\"t\\u00e4\""u8.ToArray(), "\"r\""u8.ToArray());
        var stored = JsonElement.Parse(run.Write([.. Items(messages)]));
        var read = StoredRun.Read(stored);
        Assert.Equal(("msg_1", "m", "c", "\"tä\"", "\"r\""), (
            read.Blocks.Id, read.Blocks.Model, read.Blocks.ToolCalls.Single(), Encoding.UTF8.GetString(read.ThreadId),
            Encoding.UTF8.GetString(read.RunId)));
        var connection = new AgUiConnection(JsonElement.Parse($$"""{"threadId":"t","runId":"r2","messages":[{{own}}]}"""));
        var json = ThreadSnapshot.Write(StoredRun.MessagesOf(stored), read.Blocks.Id, connection.Messages);
        return json is null ? null : Assert.Single(FrontendReading.Split(Encoding.UTF8.GetString(json)));
    }

    private static IEnumerable<RequestItem> Items(string messages) =>
        new RequestItem(JsonElement.Parse($"[{messages}]"), "messages").Elements();
}
