using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// The other forms of the replies of <see cref="ContinuedReplyFuzzTests"/>: text completions, thinking as text or hidden, and servers that
/// ignore the token limit. The variables are those of <see cref="Fuzz"/>.
/// </summary>
public sealed class ContinuedFormsFuzzTests
{
    private const int Share = 400;

    private static readonly ContinuationManner[] Manners = Enum.GetValues<ContinuationManner>();

    private static readonly ReasoningOutput[] Outputs = [ReasoningOutput.ReasoningContent, ReasoningOutput.Think, ReasoningOutput.Hidden];

    /// <summary>The thinking is text between tags, or is not sent. All else is as with the thinking in a field.</summary>
    [Fact]
    public Task Thinking_InEachForm_IsContinued() => Fuzz.RunNumbersAsync(
        "ContinuedThinking", Share, static seed => Array.ConvertAll(Outputs, output => CreateChat(seed, output)), CheckThinkingAsync,
        static made => string.Join("\n\n", made.Select(form => string.Join('\n', form.Servers.Sent))));

    [Fact]
    public Task Completion_OfServersThatBreak_IsWholeOrAFailure() => Fuzz.RunNumbersAsync(
        "ContinuedCompletions", Share, CreateCompletion, CheckCompletionAsync, static made => string.Join('\n', made.Servers.Sent));

    [Fact]
    public Task TokenLimit_OfAContinuedReply_IsThatOfAllCalls() => Fuzz.RunNumbersAsync(
        "ContinuedLimits", Share, static seed => (Completion: CreateCompletion(seed), Limit: 1 + (seed % 7)),
        static made => CheckLimitAsync(made.Completion.Reply, made.Completion.Servers, made.Limit),
        static made => string.Join('\n', made.Completion.Servers.Sent));

    private static (BreakingServers Servers, OutputFormat Format) CreateChat(int seed, ReasoningOutput output)
    {
        var number = seed / Manners.Length;
        var think = (ThinkMode)(number % 2);
        var reply = new GeneratedReply(number, hasBlanks: number % 3 == 0, isStarted: think == ThinkMode.Started);
        var servers = new BreakingServers(reply, seed, Manners[seed % Manners.Length]);
        return (servers, ChunkLog.Contract(output, think) with { HasTools = true });
    }

    private static (GeneratedReply Reply, BreakingServers Servers) CreateCompletion(int seed)
    {
        var number = seed / Manners.Length;
        var reply = new GeneratedReply(number, hasBlanks: number % 3 == 0, isText: true);
        return (reply, new BreakingServers(reply, seed, Manners[seed % Manners.Length]));
    }

    private static async Task CheckThinkingAsync((BreakingServers Servers, OutputFormat Format)[] made)
    {
        var (end, field) = await ContinuedReply.RunAsync(made[0].Servers, made[0].Format);
        var (thinkEnd, think) = await ContinuedReply.RunAsync(made[1].Servers, made[1].Format);
        var (hiddenEnd, hidden) = await ContinuedReply.RunAsync(made[2].Servers, made[2].Format);

        Assert.Equal((end.Failure, end.Usage), (thinkEnd.Failure, thinkEnd.Usage));
        Assert.Equal((end.Failure, end.Usage), (hiddenEnd.Failure, hiddenEnd.Usage));
        Assert.Equal(field.Finishes, think.Finishes);
        Assert.Equal(field.Finishes, hidden.Finishes);
        Assert.Equal(field.Text("content"), hidden.Text("content"));
        var thinking = field.Text("reasoning_content");
        Assert.Equal((thinking.Length > 0 ? $"<think>{thinking}</think>" : "") + field.Text("content"), think.Text("content"));
    }

    private static async Task CheckCompletionAsync((GeneratedReply Reply, BreakingServers Servers) made)
    {
        var (end, log) = await ContinuedReply.RunAsync(made.Servers, Completion());

        if (end.Failure is not null)
        {
            var isExact = made.Servers.Manner is ContinuationManner.Exact or ContinuationManner.RepeatsMessage;
            Assert.False(isExact, $"The reply was not continued: {end.Failure}");
            Assert.StartsWith(log.Completion, made.Reply.RawText, StringComparison.Ordinal);
            Assert.Empty(log.Finishes);
            return;
        }

        Assert.False(made.Servers is { Manner: ContinuationManner.NewAnswer, HasContinued: true });
        Assert.Equal(made.Reply.RawText, log.Completion);
        Assert.Equal([made.Reply.Finish], log.Finishes);
        Assert.Equal(made.Servers.Usage ?? end.Usage, end.Usage);
    }

    private static async Task CheckLimitAsync(GeneratedReply reply, BreakingServers servers, int limit)
    {
        var (end, log) = await ContinuedReply.RunAsync(servers, Completion() with { MaxTokens = limit });

        Assert.StartsWith(log.Completion, reply.RawText, StringComparison.Ordinal);
        Assert.True(log.Chunks.Count(chunk => !chunk.Contains("\"text\":\"\"", StringComparison.Ordinal)) <= limit + 2);
        if (end.Failure is null)
        {
            Assert.Equal([log.Completion == reply.RawText ? reply.Finish : "length"], log.Finishes);
        }
    }

    private static OutputFormat Completion() => ChunkLog.Contract() with { Object = OutputFormat.TextCompletion };
}
