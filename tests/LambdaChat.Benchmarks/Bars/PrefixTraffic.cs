using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Json;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Routing;
using LambdaChat.Models;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>One turn of a conversation.</summary>
/// <param name="ClientBody">As the client sends it: a member that differs in each turn precedes the messages.</param>
/// <param name="UpstreamBody">As the function sends it.</param>
/// <param name="Prompt">As the model server caches it.</param>
internal sealed record PrefixTurn(byte[] ClientBody, byte[] UpstreamBody, string Hint, byte[] Prompt);

/// <summary>Conversations with one system prompt, as clients send them and as the function sends them on.</summary>
internal static class PrefixTraffic
{
    private const int SystemBytes = 8000; // 2,000 tokens.

    private static readonly string[] Words =
        ["model", "prompt", "cache", "route", "token", "answer", "because", "which", "and", "the", "a", "server", "instance", "of"];

    private static readonly Model Model = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "us-east-1")], "served");

    /// <summary>Creates the turns of each conversation.</summary>
    public static PrefixTurn[][] Create(int conversations, int turns)
    {
        var random = new Random(1);
        var system = Text(random, SystemBytes);
        return [.. Enumerable.Range(0, conversations).Select(_ => CreateConversation(random, system, turns))];
    }

    /// <summary>Creates the body of the call from the client's body, as the function does.</summary>
    /// <param name="isOrdered">False to leave out the order and the hint, for comparison.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Send(byte[] body, bool isOrdered)
    {
        if (new RequestValidator(RequestLimits.Default).Find(body) is not null)
        {
            throw new InvalidOperationException("The request is not valid.");
        }

        var json = RequestJson.TryParse(isOrdered ? body.AsMemory(0, JsonMinifier.MinifyInPlace(body)) : body)!;
        var request = new ChatRequest(json);
        if (!isOrdered)
        {
            var editor = UpstreamRequest.Edit(json, Model, ModelTasks.Chat);
            MessageEditor.Edit(json, Model, editor);
            return editor.Apply();
        }

        CreateHint(json);
        return UpstreamChatRequest.Create(request, Model, isStreamed: true, wantsUsage: false);
    }

    /// <summary>Creates the hint of a request without a name.</summary>
    public static string CreateHint(RequestJson json) =>
        RoutingHints.Create(Incoming(json), conversation: null, new ConversationStart(json))!.Value.ToString();

    public static IncomingRequest Incoming(RequestJson json) => new(Context, Body: null!, json, Model, "r1", []);

    private static DefaultHttpContext Context { get; } = CreateContext();

    private static DefaultHttpContext CreateContext()
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new Caller("alice"));
        return context;
    }

    private static PrefixTurn[] CreateConversation(Random random, string system, int turns)
    {
        var messages = new JsonArray(Message("system", system));
        var requests = new PrefixTurn[turns];
        for (var turn = 0; turn < turns; turn++)
        {
            messages.Add(Message("user", Text(random, 400)));
            requests[turn] = CreateTurn(turn, messages);
            messages.Add(Message("assistant", Text(random, 800)));
        }

        return requests;
    }

    private static PrefixTurn CreateTurn(int turn, JsonArray messages)
    {
        var body = new JsonObject
        {
            ["model"] = "r1",
            ["metadata"] = new JsonObject { ["turn"] = turn.ToString(CultureInfo.InvariantCulture) },
            ["stream"] = true,
            ["messages"] = messages.DeepClone(),
        };
        var client = Encoding.UTF8.GetBytes(body.ToJsonString());
        var upstream = Send([.. client], isOrdered: true).SelectMany(piece => piece.ToArray()).ToArray();
        var hint = CreateHint(RequestJson.TryParse(client)!);
        return new PrefixTurn(client, upstream, hint, PromptText.Render(EmulatorRequest.Parse(upstream)));
    }

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };

    private static string Text(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(Words[random.Next(Words.Length)]).Append(' ');
        }

        return text.ToString(0, length);
    }
}
