using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.Runtime;

namespace LambdaChat.Aws.DynamoDb;

/// <summary>
/// The time of the table, which all processes share even if their clocks differ. It is the time of this process, corrected by the
/// <c>Date</c> header of DynamoDB's responses. Thread-safe.
/// </summary>
internal sealed class TableClock
{
    // The header has whole seconds, and a response takes time. A smaller difference is ignored.
    private static readonly TimeSpan SmallestDifference = TimeSpan.FromSeconds(3);

    // A process may be suspended until it reads the response.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);

    private readonly ConditionalWeakTable<AmazonWebServiceRequest, object> _starts = [];
    private readonly TimeProvider _timeProvider;
    private long _difference; // Ticks of a TimeSpan.
    private volatile bool _isSet;

    /// <param name="client">The client of the table, whose responses set the clock.</param>
    public TableClock(AmazonDynamoDBClient client, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        client.BeforeRequestEvent += (_, args) => Start(args as WebServiceRequestEventArgs);
        client.AfterResponseEvent += (_, args) => Set(args as WebServiceResponseEventArgs);
    }

    /// <summary>True once there was a response, without a time if the table is a server that sends none.</summary>
    public bool IsSet => _isSet;

    public DateTimeOffset Now => _timeProvider.GetUtcNow() + new TimeSpan(Volatile.Read(ref _difference));

    private void Start(WebServiceRequestEventArgs? call)
    {
        if (call is not null)
        {
            _starts.AddOrUpdate(call.Request, _timeProvider.GetUtcNow());
        }
    }

    private void Set(WebServiceResponseEventArgs? call)
    {
        var now = _timeProvider.GetUtcNow();
        if (call is null || !_starts.TryGetValue(call.Request, out var start) || now - (DateTimeOffset)start > LongestCall)
        {
            return;
        }

        if (call.ResponseHeaders.TryGetValue("Date", out var text)
            && DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            var difference = date - now;
            Volatile.Write(ref _difference, difference.Duration() < SmallestDifference ? 0 : difference.Ticks);
        }

        _isSet = true;
    }
}
