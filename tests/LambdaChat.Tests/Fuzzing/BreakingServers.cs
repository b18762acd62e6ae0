using System.Globalization;
using System.Text;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Continuations;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// Model servers of one model, whose streams are cut at any byte, and which continue the reply of each other in one of the manners of real
/// servers.
/// </summary>
internal sealed class BreakingServers : IEndpointClient
{
    private static readonly FailureKind?[] Ends =
    [
        null, FailureKind.StreamBroken, FailureKind.ConnectionLost, FailureKind.CorruptStream, FailureKind.ModelTimeout,
        FailureKind.SageMakerFailure, FailureKind.ModelSilent,
    ];

    private readonly Random _random;
    private readonly GeneratedReply _reply;
    private readonly List<KeptText> _kept = [];
    private readonly int _breaks;

    public BreakingServers(GeneratedReply reply, int seed, ContinuationManner manner)
    {
        (_reply, Manner) = (reply, manner);
        _random = new Random(seed);
        _breaks = _random.Next(1, 3);
    }

    public ContinuationManner Manner { get; }

    /// <summary>What the servers have sent, for the message of a failed case.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>True if a call has continued text, and not just repeated the request.</summary>
    public bool HasContinued { get; private set; }

    /// <summary>
    /// The usage of the whole reply: what the last call has reported, and what the calls before it have kept. Null if it has reported none.
    /// </summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Creates the body of a continuation, as <see cref="LambdaChat.Relay.RelayRequest.ContinuedBody"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Continue(ContinuationMode mode, KeptText kept)
    {
        _kept.Add(kept);
        return [Encoding.UTF8.GetBytes(_kept.Count.ToString(CultureInfo.InvariantCulture))];
    }

    public Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
    {
        var text = string.Concat(call.Body.Select(piece => Encoding.UTF8.GetString(piece.Span)));
        var kept = text.Length == 0 ? null : _kept[int.Parse(text, CultureInfo.InvariantCulture) - 1];
        var reply = kept is null ? _reply : Continue(kept);
        var body = string.Concat(reply.Records.Select(record => $"data: {record}\n\n")) + (_random.Next(3) == 0 ? "" : "data: [DONE]\n\n");
        var bytes = Encoding.UTF8.GetBytes(body);
        FailureKind? end = null;
        if (Sent.Count < _breaks)
        {
            bytes = bytes[.._random.Next(bytes.Length)];
            end = Ends[_random.Next(Ends.Length)];
            bytes = _random.Next(5) == 0 ? [.. bytes, .. "\n\ndata: {\"error\":{\"message\":\"dead\",\"code\":500}}\n\n"u8] : bytes;
        }

        var sent = Encoding.UTF8.GetString(bytes);
        Sent.Add($"{Manner} {kept}\n{sent}\n({end})");
        var hasUsage = reply.Records.Find(record => record.Contains("\"usage\":{", StringComparison.Ordinal)) is { } counted
            && (sent.Contains($"{counted}\n\n", StringComparison.Ordinal)
                || (end is null && sent.EndsWith(counted, StringComparison.Ordinal)));
        Usage = hasUsage ? new TokenUsage(GeneratedReply.PromptTokens, reply.Tokens + (kept?.Tokens ?? 0)) : null;
        return Task.FromResult(EndpointResponse.Of(
            new CutPayloads(bytes, new Random(_random.Next()), end is { } kind ? new ReplyFailure(kind) : null), connection: null));
    }

    private GeneratedReply Continue(KeptText kept)
    {
        var (thinking, text) = (EscapedText.Decode(kept.Thinking), EscapedText.Decode(kept.Answer));
        if (thinking.Length + text.Length == 0)
        {
            return _reply.Continue(_random.Next(), null, null, isOfOtherServer: false); // The same request again.
        }

        Assert.StartsWith(thinking, _reply.RawThinking, StringComparison.Ordinal);
        Assert.StartsWith(text, _reply.RawText, StringComparison.Ordinal);
        HasContinued = true;
        var whole = kept.IsInThinking ? _reply.RawThinking : _reply.RawText;
        var joint = kept.IsInThinking ? thinking.Length : text.Length;
        var rest = Manner switch
        {
            ContinuationManner.RepeatsMessage => whole,
            ContinuationManner.RepeatsWords => Unambiguous(whole[_random.Next(joint + 1)..], whole, kept),
            ContinuationManner.Trims => Unambiguous(whole[joint..].TrimStart(), whole, kept),
            ContinuationManner.OtherWord when kept.Other is null && joint < kept.Sent.Length => " other" + whole[joint..],
            ContinuationManner.NewAnswer => "I see. What else would you like?",
            _ => whole[joint..],
        };
        return _reply.Continue(
            _random.Next(),
            kept.IsInThinking ? rest : Manner == ContinuationManner.ThinksAgain ? "Well, now" : null,
            kept.IsInThinking ? _reply.RawText : rest,
            isOfOtherServer: Manner == ContinuationManner.OtherForm, isNew: Manner == ContinuationManner.ThinksAgain,
            promptTokens: kept.PromptTokens);
    }

    // A text that repeats itself can also be read as another rest.
    private static string Unambiguous(string rest, string whole, KeptText kept)
    {
        var (sent, behind) = (kept.Sent, whole[kept.Sent.Length..]);
        var isOther = Enumerable.Range(0, kept.Joint + 1).Any(start =>
            rest.StartsWith(sent[start..], StringComparison.Ordinal) && rest[(sent.Length - start)..] != behind);
        return isOther ? whole[kept.Joint..] : rest;
    }

    private sealed class CutPayloads(byte[] bytes, Random random, ReplyFailure? end) : IPayloadReader
    {
        private int _start;
        private int _end;
        private bool _isOver;

        public ReplyFailure? Failure => _isOver ? end : null;

        public ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
        {
            _isOver = _end == bytes.Length;
            _end = Math.Min(bytes.Length, _end + random.Next(1, 400));
            return new ValueTask<bool>(!_isOver);
        }

        public bool TryRead(out ReadOnlySpan<byte> payload)
        {
            payload = bytes.AsSpan(_start.._end);
            _start = _end;
            return !payload.IsEmpty;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>How a server continues a reply.</summary>
internal enum ContinuationManner
{
    Exact,
    RepeatsMessage,
    RepeatsWords,
    Trims,
    OtherWord,
    NewAnswer,
    ThinksAgain,
    OtherForm,
}
