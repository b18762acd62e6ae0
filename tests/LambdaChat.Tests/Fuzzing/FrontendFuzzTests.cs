using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.AgUi;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>Requests of chat pages: refused with a fault, or a conversation that model servers accept.</summary>
public sealed class FrontendFuzzTests
{
    private const int MaximumLength = 2500;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 200 };

    private static readonly RequestLimits Limits = new(Bytes: 1 << 20, Messages: 100, TextBytes: 1 << 20);

    private static readonly byte[][] Corpus =
    [
        .. new[]
        {
            """{"id":"c","trigger":"submit-message","model":"m","system":"s","messages":[{"id":"u","role":"user","parts":[{"type":"text","text":"a"},{"type":"file","mediaType":"image/png","url":"data:image/png;base64,AA=="},{"type":"file","mediaType":"text/plain","filename":"n","url":"data:text/plain;base64,YQ=="}]}],"tools":{"f":{"description":"d","parameters":{}}},"callSettings":{"maxTokens":5,"temperature":1}}""",
            """{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]},{"id":"a","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"t"},{"type":"tool-f","toolCallId":"c1","state":"output-available","input":{"x":1},"output":{"y":[]}},{"type":"dynamic-tool","toolName":"g","toolCallId":"c1~2","state":"output-error","input":"{","errorText":"e"},{"type":"step-start"},{"type":"tool-f","toolCallId":"c1","state":"input-available","input":{}},{"type":"text","text":"b"}]},{"role":"system","parts":[{"type":"text","text":"s"}]}],"config":{"modelName":"m"}}""",
            """{"threadId":"t","runId":"r","messages":[{"role":"developer","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"data","value":"AA==","mimeType":"image/png"}},{"type":"binary","mimeType":"text/plain","data":"YQ=="}]},{"role":"reasoning","content":"t"},{"role":"assistant","content":"b"},{"role":"assistant","toolCalls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","function":{"name":"g","arguments":"{"}}]},{"role":"tool","toolCallId":"c2","content":"r"},{"role":"user","content":"z"}],"tools":[{"name":"f","parameters":{}}],"context":[{"description":"d","value":"v"}],"forwardedProps":{"model":"m"},"state":null}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Request_AnyBytes_IsRefusedOrAConversation() => Fuzz.Run(
        "Frontends", static mutator => new Case(mutator.Next(Corpus, MaximumLength)), Run,
        static made => 524_288 + (1_000L * made.Bytes.Length));

    private static void Run(Case made)
    {
        JsonText.ReplaceLoneSurrogates(made.Bytes); // As the reader does.
        if (new RequestValidator(Limits).Find(made.Bytes) is not null || RequestJson.TryParse(made.Bytes) is not { } json)
        {
            return;
        }

        using var document = JsonDocument.Parse(json.Body, RequestItem.Options);
        Check(() => UiMessagesRequest.ModelName(json), () => new UiMessagesRequest(document.RootElement).ToChat());
        Check(() => AgUiRequest.ModelName(json, ""), () =>
        {
            var request = new AgUiRequest(document.RootElement);
            var chat = request.ToChat();
            AssertIsRestored(request, new AgUiConnection(document.RootElement));
            return chat;
        });
    }

    // A client that resumes the run gets each message with an id and without null.
    private static void AssertIsRestored(AgUiRequest request, AgUiConnection connection)
    {
        var run = new StoredRun(new StoredBlocks("", "", []), request.ThreadId, request.RunId);
        using var stored = JsonDocument.Parse(run.Write(request.Messages), RequestItem.Options);
        var snapshot = ThreadSnapshot.Write(StoredRun.MessagesOf(stored.RootElement), "msg_1", connection.Messages)!;
        var messages = JsonNode.Parse(snapshot.AsSpan()["data: ".Length..], null, Deep)!["messages"]!.AsArray();
        Assert.Equal(request.Messages.Count, messages.Count);
        Assert.All(messages, message => Assert.True(
            message!["id"]!.GetValueKind() == JsonValueKind.String && message.AsObject().All(member => member.Value is not null)));
    }

    private static void Check(Func<string?> findModel, Func<ReadOnlyMemory<byte>> translate)
    {
        try
        {
            findModel();
            AssertIsConversation(JsonNode.Parse(translate().Span, null, Deep)!["messages"]!.AsArray());
        }
        catch (ErrorResponseException exception)
        {
            Assert.Equal(400, exception.Error.Status);
        }
    }

    // Each call has its result directly after it, and no two messages of the user are neighbours. A result may have no call.
    private static void AssertIsConversation(JsonArray messages)
    {
        var open = new Queue<string>();
        var last = "";
        foreach (var message in messages)
        {
            var role = (string)message!["role"]!;
            Assert.True(role == "tool" || open.Count == 0);
            Assert.False(role == "user" && last == "user");
            Assert.True(role != "tool" || open.Count == 0 || open.Dequeue() == (string)message["tool_call_id"]!);
            foreach (var call in message["tool_calls"]?.AsArray() ?? [])
            {
                open.Enqueue((string)call!["id"]!);
                using var arguments = JsonDocument.Parse((string)call["function"]!["arguments"]!, Deep);
            }

            last = role;
        }

        Assert.Empty(open);
    }

    private sealed record Case(byte[] Bytes);
}
