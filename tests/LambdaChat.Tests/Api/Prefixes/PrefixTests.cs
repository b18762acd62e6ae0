using System.Text;
using System.Text.Json;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Prefixes;

/// <summary>
/// The bytes of a conversation's earlier turns are the start of the body of each later turn, whatever else varies. SageMaker's prefix
/// routing compares bytes, and model servers cache equal beginnings.
/// </summary>
public sealed class PrefixTests
{
    private const int Conversations = 200;

    private static readonly Model Plain = new("m", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "served");

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("messages")]
    [InlineData("responses")]
    [InlineData("ui")]
    [InlineData("ag-ui")]
    public void History_OfEachTurn_IsAPrefixOfTheNext(string api)
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var random = new Random(seed);
            var model = Plain with
            {
                History = Enum.GetValues<ReasoningHistory>()[random.Next(Enum.GetValues<ReasoningHistory>().Length)],
                StripQuotes = random.Next(2) == 0,
                Transport = (Transport)random.Next(2),
                MaxTokens = random.Next(2) == 0 ? 50 : null,
            };
            Check(api, seed, model, new ConversationClient(api, random), ConversationStep.Create(random));
        }
    }

    /// <summary>
    /// Neither other texts of the system in later turns nor another form of the same texts change the name of a conversation.
    /// </summary>
    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("responses")]
    [InlineData("ui")]
    [InlineData("ag-ui")]
    public void Start_OfEachTurn_IsTheSameAndThatOfNoOtherConversation(string api)
    {
        var names = new Dictionary<string, string>();
        for (var seed = 0; seed < Conversations; seed++)
        {
            var random = new Random(seed);
            var client = new ConversationClient(api, random, variesContent: true);
            var steps = ConversationStep.Create(random, variesReminders: true);
            var turns = Enumerable.Range(1, steps.Count).Where(i => IsRequest(steps, i)).ToList();
            var hashes = turns.ConvertAll(i => StartOf(api, client.Write(steps.Take(i))));

            Assert.True(hashes.TrueForAll(hash => hash == hashes[0]), $"{api}, conversation {seed}");
            var name = $"{client.HasSystem} {steps[0]}";
            Assert.Equal(name, names.TryAdd(hashes[0], name) ? name : names[hashes[0]]);
        }

        Assert.True(names.Count > Conversations / 2);
    }

    // A request follows the messages of the user, with the text of the system after them, and each group of results.
    private static bool IsRequest(List<ConversationStep> steps, int count) =>
        steps[count - 1] is not ConversationStep.Assistant
        && (count == steps.Count || steps[count] is not (ConversationStep.Reminder or ConversationStep.User));

    private static string StartOf(string api, byte[] body)
    {
        var json = Read(body);
        using var document = JsonDocument.Parse(json.Body);
        var start = api switch
        {
            "chat" => new ConversationStart(json),
            "ui" when new UiMessagesRequest(document.RootElement) is var ui => new(Parse(ui.ToChat()), ui.SystemLength),
            "ag-ui" when new AgUiRequest(document.RootElement) is var agUi => new(Parse(agUi.ToChat()), agUi.SystemLength),
            "messages" when new MessagesRequest(json, Plain) is var messages => new(Parse(messages.ToChat()), messages.SystemLength),
            _ when new ResponsesRequest(json, document.RootElement, maximumItems: 1000) is var responses =>
                new(Parse(responses.ToChat()), responses.SystemLength),
            _ => throw new InvalidOperationException(),
        };
        var hash = new byte[32];
        start.AddTo(hash);
        return Convert.ToHexString(hash);
    }

    private static void Check(string api, int seed, Model model, ConversationClient client, List<ConversationStep> steps)
    {
        var (history, tools) = (Array.Empty<byte>(), default(string));
        for (var i = 1; i <= steps.Count; i++)
        {
            if (!IsRequest(steps, i))
            {
                continue;
            }

            var body = ToUpstream(api, client.Write(steps.Take(i)), model);
            var name = $"{api}, conversation {seed}, step {i}: {Encoding.UTF8.GetString(body)} after {Encoding.UTF8.GetString(history)}";
            Assert.True(body.AsSpan().StartsWith(history), name);
            var json = RequestJson.TryParse(body)!;
            var prompt = json.Members[0];
            Assert.Equal(api == "completions" ? "{\"prompt\":" : "{\"messages\":", Encoding.UTF8.GetString(body[..prompt.ValueStart]));
            history = body[..(prompt.ValueEnd - 1)]; // Without the closing bracket or quote.
            var after = json.Names[1] == "tools" ? Encoding.UTF8.GetString(body[prompt.ValueEnd..json.Members[1].ValueEnd]) : "";
            Assert.True(after == (tools ??= after), name);
            Assert.DoesNotContain("tools", json.Names.Skip(2));
        }
    }

    private static byte[] ToUpstream(string api, byte[] body, Model model)
    {
        var json = Read(body);
        using var document = JsonDocument.Parse(json.Body);
        var pieces = api switch
        {
            "chat" => ToChat(json, model),
            "completions" => UpstreamRequest.Create(json, model, ModelTasks.Completions),
            "ui" => ToChat(Parse(new UiMessagesRequest(document.RootElement).ToChat()), model),
            "ag-ui" => ToChat(Parse(new AgUiRequest(document.RootElement).ToChat()), model),
            "messages" => ToChat(Parse(new MessagesRequest(json, model).ToChat()), model),
            _ => ToChat(Parse(new ResponsesRequest(json, document.RootElement, maximumItems: 1000).ToChat()), model),
        };
        return [.. pieces.SelectMany(piece => piece.ToArray())];
    }

    // As the reader of requests does.
    private static RequestJson Read(byte[] body)
    {
        var bytes = body.AsMemory(0, JsonMinifier.MinifyInPlace(body));
        return Parse(bytes[..CacheMarks.Remove(bytes)]);
    }

    private static RequestJson Parse(ReadOnlyMemory<byte> body) => RequestJson.TryParse(body)!;

    private static List<ReadOnlyMemory<byte>> ToChat(RequestJson json, Model model) =>
        UpstreamChatRequest.Create(new ChatRequest(json), model, isStreamed: true, wantsUsage: true);
}
