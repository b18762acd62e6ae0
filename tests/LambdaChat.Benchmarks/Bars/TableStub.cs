using System.Net;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Answers calls of DynamoDB at once and stores nothing, so that only the caller is measured. Every head is that of a running reply.
/// </summary>
internal sealed class TableStub : IAsyncDisposable
{
    private const string Head = """
        {"generation":{"S":"g"},"status":{"S":"Running"},"lease":{"N":"4000000000000"},"expires":{"N":"4000000000"}}
        """;

    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private int _calls;

    private TableStub() => _app.Run(AnswerAsync);

    public Uri Address => _app.UrlToCall();

    /// <summary>The number of calls.</summary>
    public int Calls => _calls;

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
        Interlocked.Increment(ref _calls);
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1] switch
        {
            "GetItem" => $$"""{"Item":{{Head}}}""",
            "UpdateItem" => $$"""{"Attributes":{{Head}}}""",
            _ => "{}",
        });
    }
}
