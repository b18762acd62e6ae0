using LambdaChat.Api.Replies.Stored;

namespace LambdaChat.Tests.Api.Replies;

public sealed class StoredConnectionTests : IDisposable
{
    private readonly CancellationTokenSource _client = new();
    private readonly CancellationTokenSource _deadline = new();
    private readonly CancellationTokenSource _failed = new();
    private readonly StoredConnection _connection;

    public StoredConnectionTests() => _connection = new StoredConnection(_client.Token, _deadline.Token, _failed.Token);

    [Fact]
    public void Reply_ThatIsStored_EndsOnlyWithTheDeadline()
    {
        _client.Cancel();
        Assert.False(_connection.Aborted.IsCancellationRequested);

        _deadline.Cancel();
        Assert.True(_connection.Aborted.IsCancellationRequested);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reply_ThatIsNotStored_EndsWithItsClient(bool isClientFirst)
    {
        var (first, second) = isClientFirst ? (_client, _failed) : (_failed, _client);
        first.Cancel();
        Assert.False(_connection.Aborted.IsCancellationRequested);

        second.Cancel();
        Assert.True(_connection.Aborted.IsCancellationRequested);
    }

    /// <summary>The server uses the token of a connection for its next request, too.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Client_AfterTheReply_EndsNothing(bool hasFailed)
    {
        if (hasFailed)
        {
            _failed.Cancel();
        }

        _connection.Dispose();
        _client.Cancel();
        _failed.Cancel();

        Assert.False(_connection.Aborted.IsCancellationRequested);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _client.Dispose();
        _deadline.Dispose();
        _failed.Dispose();
    }
}
