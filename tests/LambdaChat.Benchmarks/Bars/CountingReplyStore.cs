using System.Text;
using Amazon.DynamoDBv2.Model;
using LambdaChat.ReplyStore;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Counts the items and the write units that a reply needs in the table, by DynamoDB's rules for sizes. An update costs as much as the
/// whole item.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
/// </summary>
internal sealed class CountingReplyStore : IReplyStore
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReplyHead? _head;

    public bool IsImmediate => true;

    public int Items { get; private set; }

    public int Units { get; private set; }

    /// <summary>Completes with the end of the reply.</summary>
    public Task Ended => _ended.Task;

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(TimeProvider.System.GetUtcNow());

    public Task CreateAsync(ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        _head = head;
        foreach (var item in ReplyItems.OfRequest(key, request, head.Expires))
        {
            Put(item);
        }

        Put(ReplyItems.OfHead(key, head, request));
        return Task.CompletedTask;
    }

    public Task AppendAsync(ReplyKey key, ReplyPart part, CancellationToken cancellationToken)
    {
        Put(ReplyItems.OfPart(key, part, _head!.Expires));
        return Task.CompletedTask;
    }

    public Task<ReplyHead?> RenewAsync(
        ReplyKey key, string generation, DateTimeOffset lease, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        Units++; // A head is smaller than 1 KB.
        return Task.FromResult(_head);
    }

    public Task<ReplyHead?> ReadHeadAsync(ReplyKey key, CancellationToken cancellationToken) => Task.FromResult(_head);

    public Task EndAsync(
        ReplyKey key, string generation, ReplyEnding ending, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        Units++;
        _ended.SetResult();
        return Task.CompletedTask;
    }

    public Task<StoredRequest?> ReadRequestAsync(ReplyKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReplySnapshot?> ReadAsync(ReplyKey key, int after, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNameAsync(ReplyKey name, NamedReply reply, DateTimeOffset expires, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<NamedReply?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken) => throw new NotSupportedException();

    private void Put(Dictionary<string, AttributeValue> item)
    {
        Items++;
        Units += (item.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + SizeOf(pair.Value)) + 1023) / 1024;
    }

    private static int SizeOf(AttributeValue value) =>
        value.B is { } bytes ? (int)bytes.Length : value.N is { } number ? (number.Length / 2) + 2 : Encoding.UTF8.GetByteCount(value.S);
}
