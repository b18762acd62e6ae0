using LambdaChat.Rehearsal;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Rehearsal;

public sealed class StartupRehearsalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Run_EachRequestOfTheScript_IsAnsweredCompletely()
    {
        var responses = new List<string>();

        await new StartupRehearsal(Function.Create, isRepeated: false, _time)
            .RunAsync(responses.Add, TestContext.Current.CancellationToken);

        Assert.Collection(
            responses,
            chat => Assert.Contains("data: [DONE]\n\n", chat, StringComparison.Ordinal),
            whole => Assert.Contains("\"object\":\"chat.completion\"", whole, StringComparison.Ordinal),
            response => Assert.Contains("\"type\":\"response.completed\"", response, StringComparison.Ordinal),
            message => Assert.Contains("\"type\":\"message_stop\"", message, StringComparison.Ordinal),
            error => Assert.Contains("\"param\":\"stream\"", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_FailedRehearsal_IsIgnored() =>
        await new StartupRehearsal((_, _) => throw new InvalidOperationException(), isRepeated: false, _time)
            .StartAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 8)]
    public async Task Start_NoResponse_EndsAtTheLimit(bool isRepeated, int seconds)
    {
        var received = new TaskCompletionSource();
        var rehearsal = new StartupRehearsal(
            (_, replace) =>
            {
                var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
                replace(builder);
                var app = builder.Build();
                app.Run(async context =>
                {
                    received.SetResult();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                });
                return app;
            },
            isRepeated,
            _time);

        var start = Task.Run(() => rehearsal.StartAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await received.Task.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        Assert.False(start.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        await start.WaitAsync(TestContext.Current.CancellationToken);
    }
}
