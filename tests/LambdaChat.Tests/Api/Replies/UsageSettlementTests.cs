using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Replies;

public sealed class UsageSettlementTests
{
    private static readonly Model Model = new("r1", [], "");
    private static readonly TokenEstimate Estimate = new(Prompt: 100, Completion: 20);

    public static TheoryData<string> Kinds => [.. Enum.GetNames<FailureKind>()];

    /// <summary>Whoever can end a reply before its first token must not get the work of the model on the prompt for nothing.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_WithoutAnEvent_CountsThePromptUnlessTheModelFailed(string kind)
    {
        var expected = Enum.Parse<FailureKind>(kind) switch
        {
            FailureKind.LimitReached or FailureKind.LimitsUnknown => Usage.Nothing,
            FailureKind.ReplyTooLong or FailureKind.ServerOverloaded => new Usage(1, 120, 0),
            FailureKind.ClientGone or FailureKind.Cancelled or FailureKind.DeadlineExceeded or FailureKind.ModelSilent
                or FailureKind.ReplyTooSlow or FailureKind.ModelTimeout or FailureKind.RecordTooLong => new Usage(1, 100, 0),
            _ => Usage.OneRequest,
        };

        Assert.Equal(expected, Find(kind, events: 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_WithEvents_CountsThem(string kind)
    {
        var expected = kind is nameof(FailureKind.LimitReached) or nameof(FailureKind.LimitsUnknown) ? Usage.Nothing : new Usage(1, 107, 0);

        Assert.Equal(expected, Find(kind, events: 7));
    }

    private static Usage Find(string kind, int events) =>
        UsageSettlement.Find(Estimate, Model, new ReplyFailure(Enum.Parse<FailureKind>(kind)), usage: null, events);
}
