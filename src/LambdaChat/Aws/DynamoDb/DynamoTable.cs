using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using LambdaChat.Aws.Sdk;
using LambdaChat.Configuration;
using LambdaChat.Hosting;

namespace LambdaChat.Aws.DynamoDb;

/// <summary>
/// The DynamoDB table in <c>TABLE</c>, which execution environments share. It contains API keys and usage. The partition key <c>pk</c> and
/// the sort key <c>sk</c> are strings, and <c>expires</c> (Unix seconds) is the TTL attribute. The client is created at its first use. It
/// takes its region, its credentials and <c>AWS_ENDPOINT_URL_DYNAMODB</c> from the environment.
/// </summary>
/// <param name="create">Creates the client; null to use the environment.</param>
internal sealed class DynamoTable(string name, Func<AmazonDynamoDBClient>? create = null) : IDisposable
{
    private readonly Lock _lock = new();
    private AmazonDynamoDBClient? _client;
    private TableClock? _clock;

    public string Name => name;

    public AmazonDynamoDBClient Client
    {
        get
        {
            lock (_lock)
            {
                return _client ??= create?.Invoke() ?? CreateClient();
            }
        }
    }

    /// <summary>Returns the clock of the table. From the first use on, each response sets it.</summary>
    /// <param name="timeProvider">The clock of this process, which is the same for all callers.</param>
    public TableClock GetClock(TimeProvider timeProvider)
    {
        lock (_lock)
        {
            return _clock ??= new TableClock(Client, timeProvider);
        }
    }

    public void Dispose() => _client?.Dispose();

    // By default the SDK retries a call of DynamoDB ten times. With a table that cannot be reached, this takes two minutes.
    [MethodImpl(MethodImplOptions.NoInlining)] // The SDK is loaded only if it is called.
    private static AmazonDynamoDBClient CreateClient()
    {
        var settings = new AmazonDynamoDBConfig { HttpClientFactory = new BufferingClientFactory() };
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AWS_MAX_ATTEMPTS")))
        {
            settings.MaxErrorRetry = 2;
        }

        return new AmazonDynamoDBClient(settings);
    }
}

internal static class DynamoTableExtensions
{
    /// <summary>Registers the <see cref="DynamoTable"/> if <c>TABLE</c> is set.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid.</exception>
    public static void AddDynamoTable(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration.GetResource("TABLE") is { } name)
        {
            // The SDK reads it itself, and ignores a wrong value.
            configuration.GetCount("AWS_MAX_ATTEMPTS", fallback: 3, minimum: 1, maximum: 100);
            services.AddSingleton(new DynamoTable(name));
        }
    }

    /// <summary>Registers the <see cref="TableWarmup"/>: as a hosted service, or as a snapshot hook under SnapStart.</summary>
    public static void AddTableWarmup(this IServiceCollection services) =>
        services.AddTableWarmup(LambdaEnvironment.Read() is { IsSnapStart: true });

    /// <inheritdoc cref="AddTableWarmup(IServiceCollection)"/>
    public static void AddTableWarmup(this IServiceCollection services, bool isSnapStart)
    {
        if (isSnapStart)
        {
            services.AddSingleton<ISnapshotHook, TableWarmup>();
        }
        else
        {
            services.AddHostedService<TableWarmup>();
        }
    }
}
