using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Messages;
using LambdaChat.FunctionalTests.Responses;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>A model with <c>"reasoning":"hidden"</c>: each API hides the thinking, and shows it if the request asks for it.</summary>
public sealed class HiddenThinkingTests(FunctionFixture function)
{
    private const string Model = "reasoning-hidden";
    private const string Question = "hi";

    [Theory]
    [InlineData("v1/chat/completions", "reasoning_content")]
    [InlineData("v1/messages", "reasoning_content")]
    [InlineData("v1/responses", "reasoning_summary")]
    [InlineData(FrontendCall.UiMessages, "reasoning_content")]
    [InlineData(FrontendCall.AgUi, "reasoning_content")]
    public async Task Thinking_IsShownIfTheHeaderAsksForIt(string path, string form)
    {
        using var client = FunctionFixture.CreateClient(function.Lambda.Url);
        client.DefaultRequestHeaders.Add("X-Reasoning-Output", form);

        var (thinking, text) = Script.Answer(Question);

        Assert.Equal(("", text), await AskAsync(function.Client, path));
        Assert.Equal((thinking, text), await AskAsync(client, path));
    }

    private static async Task<(string Thinking, string Text)> AskAsync(HttpClient client, string path)
    {
        switch (path)
        {
            case "v1/chat/completions":
                var chat = Reply.Request();
                (chat["model"], chat["stream"]) = (Model, false);
                using (var response = await client.PostAsJsonAsync(path, chat, TestContext.Current.CancellationToken))
                {
                    var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    var message = JsonNode.Parse(body)!["choices"]![0]!["message"]!;
                    return ((string?)message["reasoning_content"] ?? "", (string)message["content"]!);
                }

            case "v1/messages":
                var messages = MessagesCall.Request();
                (messages["model"], messages["messages"]![0]!["content"]) = (Model, Question);
                var reply = await MessagesCall.SendAsync(client, messages);
                return (reply.Thinking, reply.Text);

            case "v1/responses":
                var request = ResponsesCall.Request();
                (request["model"], request["input"]) = (Model, Question);
                var items = (await ResponsesCall.SendAsync(client, request)).Response!["output"]!.AsArray();
                return (
                    string.Concat(items.Select(item => (string?)item!["summary"]?[0]?["text"])),
                    string.Concat(items.Select(item => (string?)item!["content"]?[0]?["text"])));

            default:
                var call = await FrontendCall.SendAsync(client, path, FrontendCall.Request(path, Question, Model));
                return (call.Thinking, call.Text);
        }
    }
}
