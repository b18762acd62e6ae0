using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Answers the calls of DynamoDB that stored replies and limits need. It keeps items in memory, does not check conditions and answers at
/// once, so that only the caller is measured.
/// </summary>
internal sealed partial class TableStub : IAsyncDisposable
{
    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _partitions = [];

    private TableStub() => _app.Run(AnswerAsync);

    public Uri Address => _app.UrlToCall();

    /// <summary>The variables that make the function store its replies here.</summary>
    public Dictionary<string, string> Variables => new()
    {
        ["STORE"] = "table",
        ["TABLE"] = "bars",
        ["AWS_ENDPOINT_URL_DYNAMODB"] = Address.ToString(),
    };

    public static async Task<TableStub> StartAsync()
    {
        var stub = new TableStub();
        await stub._app.ListenAsync(IPAddress.Loopback, port: 0);
        return stub;
    }

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(Answer(context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1], request));
    }

    private string Answer(string operation, JsonNode request)
    {
        lock (_lock)
        {
            switch (operation)
            {
                case "PutItem":
                    PartitionOf(request["Item"]!)[SortOf(request["Item"]!)] = request["Item"]!.DeepClone().AsObject();
                    return "{}";
                case "GetItem":
                    return PartitionOf(request["Key"]!).TryGetValue(SortOf(request["Key"]!), out var item)
                        ? $$"""{"Item":{{item.ToJsonString()}}}"""
                        : "{}";
                case "UpdateItem":
                    return $$"""{"Attributes":{{Update(request).ToJsonString()}}}""";
                case "Query":
                    return $$"""{"Items":[{{string.Join(',', Query(request["ExpressionAttributeValues"]!))}}]}""";
                default:
                    return "{}";
            }
        }
    }

    // Each value of the expression becomes that of its attribute: nothing is added or deleted.
    private JsonObject Update(JsonNode request)
    {
        var partition = PartitionOf(request["Key"]!);
        partition.TryAdd(SortOf(request["Key"]!), request["Key"]!.DeepClone().AsObject());
        var item = partition[SortOf(request["Key"]!)];
        foreach (var change in Change().Matches((string)request["UpdateExpression"]!).Cast<Match>())
        {
            item[(string)request["ExpressionAttributeNames"]![change.Groups[1].Value]!] =
                request["ExpressionAttributeValues"]![change.Groups[2].Value]!.DeepClone();
        }

        return item;
    }

    private IEnumerable<string> Query(JsonNode values)
    {
        var (first, last) = ((string)values[":first"]!["S"]!, (string)values[":last"]!["S"]!);
        return _partitions.GetValueOrDefault((string)values[":pk"]!["S"]!, [])
            .Where(pair => string.CompareOrdinal(pair.Key, first) >= 0 && string.CompareOrdinal(pair.Key, last) <= 0)
            .Select(pair => pair.Value.ToJsonString());
    }

    private SortedDictionary<string, JsonObject> PartitionOf(JsonNode item)
    {
        var name = (string)item["pk"]!["S"]!;
        return _partitions.TryGetValue(name, out var partition)
            ? partition
            : _partitions[name] = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
    }

    private static string SortOf(JsonNode item) => (string)item["sk"]!["S"]!;

    [GeneratedRegex("(#[a-z0-9]+) (?:= )?(:[a-z]+)")]
    private static partial Regex Change();
}
