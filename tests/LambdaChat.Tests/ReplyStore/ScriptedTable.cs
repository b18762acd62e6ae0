using System.Net;
using System.Text;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Tests.ReplyStore;

/// <summary>DynamoDB's responses about one running reply, which becomes a cancelled one with the update that cancels it.</summary>
internal sealed class ScriptedTable : HttpMessageHandler
{
    private volatile string _status = "Running";

    /// <summary>Returns the time in the responses; null to send none.</summary>
    public Func<DateTimeOffset>? Time { get; set; }

    /// <summary>True to reject a new head, because there is one.</summary>
    public bool HasHead { get; set; }

    /// <summary>The type of the error in all responses; null for none.</summary>
    public string? Error { get; set; }

    /// <summary>Returns the response to an operation as JSON, which is an error if it has a type; null for the usual one.</summary>
    public Func<string, string?>? Respond { get; set; }

    /// <summary>Returns what the response to an operation waits for; null to send each response at once.</summary>
    public Func<string, Task>? Hold { get; set; }

    /// <summary>The number of calls.</summary>
    public int Calls { get; private set; }

    /// <summary>The bodies of the calls.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>A table whose client calls this.</summary>
    public DynamoTable CreateTable() => new("t", () => new AmazonDynamoDBClient(
        new BasicAWSCredentials("local", "local"),
        new AmazonDynamoDBConfig { ServiceURL = "http://table.local", HttpClientFactory = new ClientFactory(this) }));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls++;
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        Bodies.Add(body);
        if (Hold is not null)
        {
            await Hold(request.Headers.GetValues("X-Amz-Target").Single().Split('.')[^1]).WaitAsync(cancellationToken);
        }

        _status = body.Contains("SET #status = :cancelled", StringComparison.Ordinal) ? "Cancelled" : _status;
        var head = $$"""
            {"generation":{"S":"g"},"status":{"S":"{{_status}}"},"lease":{"N":"4000000000000"},"expires":{"N":"4000000000"} }
            """;
        var isRejected = HasHead && body.Contains("\"ConditionExpression\":\"attribute_not_exists(pk)\"", StringComparison.Ordinal);
        var error = isRejected ? "ConditionalCheckFailedException" : Error;
        var operation = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[^1];
        var json = (error, operation) switch
        {
            (not null, _) => $$"""{"__type":"com.amazonaws.dynamodb.v20120810#{{error}}"}""",
            _ when Respond?.Invoke(operation) is { } response => response,
            (_, "GetItem") => $$"""{"Item":{{head}} }""",
            (_, "UpdateItem") => $$"""{"Attributes":{{head}} }""",
            _ => "{}",
        };
        var isError = json.Contains("__type", StringComparison.Ordinal);
        var message = new HttpResponseMessage(isError ? HttpStatusCode.BadRequest : HttpStatusCode.OK)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/x-amz-json-1.0"),
            RequestMessage = request,
        };
        message.Headers.Date = Time?.Invoke();
        return message;
    }

    private sealed class ClientFactory(HttpMessageHandler handler) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(handler, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}
