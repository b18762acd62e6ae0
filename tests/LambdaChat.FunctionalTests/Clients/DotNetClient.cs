using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// A client of .NET that asks for the cases of <c>cases.json</c> and reports like the scripts. Requests and replies pass through the
/// client's own types.
/// </summary>
internal abstract class DotNetClient
{
    private static readonly JsonObject Definitions =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Node.Apis.Folder, "cases.json")))!.AsObject();

    public static JsonObject Functions => Definitions["functions"]!.AsObject();

    public async Task<IReadOnlyList<JsonObject>> AskAsync(ClientKind kind)
    {
        var results = new List<JsonObject>();
        foreach (var mode in kind.Modes)
        {
            foreach (var name in ClientCase.Models(kind).Where(name => ClientCase.Modes(kind, name).Contains(mode)))
            {
                results.Add(await AskAsync(name, mode == ClientKind.Streamed));
            }
        }

        return results;
    }

    /// <summary>Sends one question with the whole history, and returns the reply as the API writes it.</summary>
    protected abstract Task<JsonArray> SendAsync(
        string model, JsonObject item, JsonArray history, Action<string>? onText, CancellationToken cancellationToken);

    protected abstract JsonObject Question(string text, string? image);

    /// <summary>Adds the reply to the history, followed by the results of its calls.</summary>
    protected abstract void Continue(JsonArray history, JsonArray output, IReadOnlyList<(string Id, string Name)> calls);

    /// <summary>The text, the thinking and the calls of a reply, as the scripts report them.</summary>
    protected abstract JsonObject ReadTurn(JsonArray output);

    protected abstract int? StatusOf(Exception exception);

    private async Task<JsonObject> AskAsync(string name, bool isStreamed)
    {
        var turns = new JsonArray();
        var result = new JsonObject
        {
            ["name"] = name,
            ["isStreamed"] = isStreamed,
            ["turns"] = turns,
            ["text"] = "",
            ["error"] = null,
            ["status"] = null,
            ["wasCancelled"] = false,
        };
        try
        {
            await AskAsync(name, isStreamed, turns, result);
        }
        catch (Exception exception)
        {
            result["error"] = exception.Message;
            result["status"] = StatusOf(exception);
        }

        return result;
    }

    private async Task AskAsync(string name, bool isStreamed, JsonArray turns, JsonObject result)
    {
        var item = Definitions["cases"]![name]!.AsObject();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        void Show(string text)
        {
            result["text"] = (string?)result["text"] + text;
            if ((bool?)item["isCancelled"] == true)
            {
                result["wasCancelled"] = true;
                cancellation.Cancel();
            }
        }

        var history = new JsonArray(Question((string)item["question"]!, (string?)item["image"]));
        var next = (string?)item["next"];
        while (true)
        {
            var output = await SendAsync(name, item, history, isStreamed ? Show : null, cancellation.Token);
            var turn = ReadTurn(output);
            turns.Add(turn);
            var calls = turn["calls"]!.AsArray().Select(static call => ((string)call!["id"]!, (string)call["name"]!)).ToList();
            if (calls.Count == 0 && next is null)
            {
                return;
            }

            Continue(history, output, calls);
            if (calls.Count == 0)
            {
                history.Add(Question(next!, image: null));
                next = null;
            }
        }
    }

    protected static string TextOf(JsonArray items, string type, string member) =>
        string.Concat(OfType(items, type).Select(item => (string?)item[member]));

    protected static IEnumerable<JsonNode> OfType(JsonArray items, string type) => items.Where(item => (string?)item!["type"] == type)!;
}
