using LambdaChat.Failures;

namespace LambdaChat.Tests.Relay;

// The memory of a request is released once no further call can need its body.
public sealed partial class RelayRunTests
{
    private int _releases;

    [Fact]
    public async Task Release_WithTheFirstChunk_IsCalledOnce()
    {
        var end = Start(change: request => request with { Release = () => _releases++ });
        await _first.ReadingAsync();
        await _first.GiveAsync(Comment);
        var before = _releases;
        await _first.GiveAsync(Token);
        var after = _releases;
        await _first.GiveAsync(Token);
        await _first.GiveAsync(Finish);
        _first.Give(Done);

        Assert.Null((await end).Failure);
        Assert.Equal((0, 1, 1), (before, after, _releases));
    }

    [Fact]
    public async Task Release_WhileAnotherTargetMayBeCalled_IsNotCalled()
    {
        var end = Start(change: request => request with { Release = () => _releases++ });
        await _first.ReadingAsync();
        _first.End(new ReplyFailure(FailureKind.ConnectionLost));
        await _second.ReadingAsync();
        var before = _releases;
        await _second.GiveAsync(Token);
        var after = _releases;
        await _second.GiveAsync(Finish);
        _second.Give(Done);

        Assert.Null((await end).Failure);
        Assert.Equal((0, 1), (before, after));
    }

    [Fact]
    public async Task Release_WhileACallMayContinueTheReply_IsNotCalled()
    {
        var end = Start(change: request => request with { Release = () => _releases++, ContinuedBody = (_, _) => null });
        await _first.ReadingAsync();
        await _first.GiveAsync(Token);
        await _first.GiveAsync(Finish);
        _first.Give(Done);

        Assert.Null((await end).Failure);
        Assert.Equal(0, _releases);
    }
}
