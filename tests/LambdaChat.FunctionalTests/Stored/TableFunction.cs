using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>A Lambda emulator whose environments store replies in one table.</summary>
public sealed class TableFunction(FunctionFixture function) : IAsyncLifetime
{
    private DynamoTable? _table;
    private LocalLambda? _lambda;

    public HttpClient Client { get; private set; } = new();

    /// <summary>A client with another key.</summary>
    public HttpClient Other { get; private set; } = new();

    internal Log Log { get; } = new();

    internal DynamoTable Table => _table!;

    public async ValueTask InitializeAsync()
    {
        _table = await DynamoTable.StartAsync();
        _lambda = await StartAsync(options => options);
        (Client, Other) = (FunctionFixture.CreateClient(_lambda.Url), StoredFunction.CreateOther(_lambda.Url));
    }

    /// <summary>Starts another Lambda with the same table.</summary>
    internal Task<LocalLambda> StartAsync(Func<LambdaOptions, LambdaOptions> configure, params (string Name, string Value)[] more) =>
        FunctionFixture.StartLambdaAsync(function.Emulator.Address, Log, options =>
        {
            var variables = StoredFunction.Variables(function.Emulator.Address, ("STORE", "table"), ("REPLY_LEASE_SECONDS", "60"));
            foreach (var (name, value) in Table.Variables.Where(pair => !pair.Key.StartsWith("AWS_A", StringComparison.Ordinal)
                && !pair.Key.StartsWith("AWS_S", StringComparison.Ordinal)))
            {
                variables[name] = value; // The SageMaker emulator checks signatures, the DynamoDB emulator does not.
            }

            variables["AWS_ENDPOINT_URL_DYNAMODB"] = Table.Address.ToString();
            foreach (var (name, value) in more)
            {
                variables[name] = value;
            }

            return configure(options with { Variables = variables });
        });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Other.Dispose();
        await _lambda!.DisposeAsync();
        await _table!.DisposeAsync();
    }
}
