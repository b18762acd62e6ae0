using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Limits;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class UsageSettlementTests
{
    private const string Image = """{"type":"image_url","image_url":{"url":"https://example.com/1.png"}}""";

    private static readonly Model Model = new("r1", [], "");
    private static readonly TokenEstimate Estimate = new(Prompt: 100, Completion: 20)
    {
        MaximumPrompt = 300,
        MaximumCompletion = 20,
        Choices = 2,
    };

    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string> Kinds => [.. Enum.GetNames<FailureKind>()];

    /// <summary>Whoever can end a reply before its first token must not get the work of the model on the prompt for nothing.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_WithoutAnEvent_CountsThePromptUnlessTheModelFailed(string kind)
    {
        var expected = Enum.Parse<FailureKind>(kind) switch
        {
            FailureKind.LimitReached or FailureKind.LimitsUnknown => Usage.Nothing,
            FailureKind.ReplyTooLong or FailureKind.ServerOverloaded or FailureKind.RecordTooLong => new Usage(1, 120, 0),
            FailureKind.ClientGone or FailureKind.Cancelled or FailureKind.DeadlineExceeded or FailureKind.ModelSilent
                or FailureKind.ReplyTooSlow or FailureKind.ModelTimeout => new Usage(1, 100, 0),
            _ => Usage.OneRequest,
        };

        Assert.Equal(expected, Find(kind, tokens: 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_WithEvents_CountsThem(string kind)
    {
        var expected = kind is nameof(FailureKind.LimitReached) or nameof(FailureKind.LimitsUnknown) ? Usage.Nothing : new Usage(1, 107, 0);

        Assert.Equal(expected, Find(kind, tokens: 7));
    }

    /// <summary>A call that does not stream shows no event while the model generates.</summary>
    [Theory]
    [InlineData(nameof(FailureKind.ClientGone), 0.1, 110)]
    [InlineData(nameof(FailureKind.Cancelled), 0.1, 110)]
    [InlineData(nameof(FailureKind.DeadlineExceeded), 0.05, 106)]
    [InlineData(nameof(FailureKind.ModelSilent), 0.2, 120)]
    [InlineData(nameof(FailureKind.ReplyTooSlow), 60, 120)]
    [InlineData(nameof(FailureKind.ModelTimeout), 60, 120)]
    [InlineData(nameof(FailureKind.ContainerError), 60, 0)]
    public void Find_NonStreamingCall_CountsTheTimeUpToItsReservation(string kind, double seconds, long tokens)
    {
        var measurements = Measure(tokens: 0);
        measurements.NoteWork(isSent: true);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(tokens, Find(kind, measurements).Tokens);
        measurements.NoteWork(isSent: false); // The call waits for a cold endpoint.
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(kind == nameof(FailureKind.ContainerError) ? 0 : 100, Find(kind, measurements).Tokens);
    }

    /// <summary>A number that the request cannot have used counts as the largest that it can, and the other one as it is.</summary>
    [Theory]
    [InlineData(50, 10, 1, 60)]
    [InlineData(300, 20, 1, 320)]
    [InlineData(301, 10, 1, 310)]
    [InlineData(1_000_000, 1_000_000, 1, 320)]
    [InlineData(50, 6000, 1, 70)]
    [InlineData(50, 6000, 5000, 5050)] // The function has received more than the request asks for.
    [InlineData(50, 6000, 7000, 6050)]
    [InlineData(50, 15, 7000, 65)]
    [InlineData(0, 10, 1, 110)]
    [InlineData(50, 0, 7, 57)]
    [InlineData(0, 0, 7, 107)]
    public async Task Note_ReportedUsage_CountsUpToItsBounds(long prompt, long completion, long tokens, long expected)
    {
        var (charged, outcome) = await NoteAsync(Estimate, tokens, new TokenUsage(prompt, completion));

        Assert.Equal(expected, charged);
        Assert.Equal(Math.Min(prompt, 300), outcome.Usage!.Value.Prompt);
    }

    [Fact]
    public async Task Note_DetailsOfABoundedNumber_AreNotLarger()
    {
        var usage = new TokenUsage(1000, 1000) { Cached = 900, Reasoning = 800 };

        var (_, outcome) = await NoteAsync(Estimate, tokens: 1, usage);

        Assert.Equal(new TokenUsage(300, 20) { Cached = 300, Reasoning = 20 }, outcome.Usage);
    }

    /// <summary>A request must not become cheaper because of members by which the model server uses more than the function sees.</summary>
    [Theory]
    [InlineData($$"""{"messages":[{"content":[{{Image}}]}],"max_tokens":50}""", 16_400, 50, 16_450)]
    [InlineData($$"""{"messages":[{"content":[{{Image}},{{Image}},{{Image}},{{Image}},{{Image}}]}],"max_tokens":50}""", 82_000, 50, 82_050)]
    [InlineData("""{"messages":[{"content":[{"type":"video_url","video_url":{"url":"x"}}]}],"max_tokens":50}""", 200_000, 9, 200_009)]
    [InlineData("""{"messages":[],"chat_template":"{% for i in range(100000) %}a {% endfor %}","max_tokens":1}""", 100_000, 1, 100_001)]
    [InlineData("""{"messages":[],"max_tokens":1,"n_predict":1000000}""", 9, 6000, 6009)]
    [InlineData("""{"messages":[],"max_tokens":100,"n_cmpl":60}""", 9, 6000, 6009)]
    [InlineData("""{"messages":[],"max_tokens":1,"another_name_of_the_limit":1000000}""", 9, 6000, 5009)]
    public async Task Note_PlainDocument_IsChargedAsItsServerReports(string body, long prompt, long completion, long expected)
    {
        var estimate = TokenEstimator.Of(RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!, Model, ModelTasks.Chat);

        var (charged, _) = await NoteAsync(estimate, tokens: 5000, new TokenUsage(prompt, completion));

        Assert.Equal(expected, charged);
    }

    private async Task<(long Tokens, ReplyOutcome Outcome)> NoteAsync(TokenEstimate estimate, long tokens, TokenUsage? usage)
    {
        await using var limited = new LimitedReply(_time, Model, estimate);
        var outcome = limited.Lease.Note(new ReplyOutcome(Measure(tokens), Failure: null, usage));
        return (await limited.SettleAsync(), outcome);
    }

    private static Usage Find(string kind, ReplyMeasurements measurements) =>
        UsageSettlement.Find(Estimate, new ReplyOutcome(measurements, new ReplyFailure(Enum.Parse<FailureKind>(kind)), Usage: null));

    private Usage Find(string kind, long tokens) => Find(kind, Measure(tokens));

    private ReplyMeasurements Measure(long tokens) => new(Model, ModelTasks.Chat, _time) { Tokens = tokens };
}
