using LambdaChat.Relay;

namespace LambdaChat.Tests.Relay;

// Heartbeats while the model sends records.
public sealed partial class RelayRunTests
{
    [Fact]
    public async Task Heartbeats_WhileNoRecordIsSent_AreSent()
    {
        _settings = new RelaySettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        var end = Start(); // As a reply that is gathered: this writer sends nothing before the end.
        await _first.ReadingAsync();
        for (var i = 0; i < 25; i++)
        {
            await _first.GiveAsync(Token);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await _first.GiveAsync(Finish);
        _first.Give(Done);

        Assert.Null((await end).Failure);
        Assert.Equal(2, _writer.Heartbeats);
    }
}
