using LambdaChat.Failures;
using LambdaChat.Tests.Streaming.EventStream;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Upstream;

/// <summary>Streams of SageMaker that end with a message that is no part of the reply, or are damaged.</summary>
public sealed class EventStreamFailureTests
{
    private static readonly byte[] Part = Frames.Part("a");

    public static TheoryData<string, byte[], string?> Ends { get; } = new()
    {
        { "nothing", [], null },
        { "part of a frame", Part[..^1], nameof(FailureKind.ConnectionLost) },
        { "damaged frame", [.. Part[..^1], (byte)~Part[^1]], nameof(FailureKind.CorruptStream) },
        { "exception", Message("exception", (":exception-type", "ModelStreamError")), nameof(FailureKind.StreamBroken) },
        { "exception without a type", Message("exception"), nameof(FailureKind.SageMakerFailure) },
        { "error", Message("error", (":error-code", "500")), nameof(FailureKind.SageMakerFailure) },
        { "another message", Message("note"), nameof(FailureKind.CorruptStream) },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Stream_AfterAPart_EndsWithItsFailure(string name, byte[] end, string? expected)
    {
        var next = expected is null or nameof(FailureKind.ConnectionLost) ? [] : Part; // Is not read.
        var (parts, failure) = await ReadAsync([.. Part, .. end, .. next]);

        Assert.True(expected == failure?.Kind.ToString(), $"{name}: {failure}");
        Assert.Equal(1, parts);
    }

    [Fact]
    public async Task Stream_WithAnEventOfAnotherType_SkipsIt()
    {
        var (parts, failure) = await ReadAsync([.. Part, .. Message("event", (":event-type", "Note")), .. Part]);

        Assert.Null(failure);
        Assert.Equal(2, parts);
    }

    private static byte[] Message(string type, params (string Name, string Value)[] headers) => Frames.Frame(
        [.. Frames.Header(":message-type", type), .. headers.SelectMany(header => Frames.Header(header.Name, header.Value))],
        "{\"Message\":\"x\"}"u8.ToArray());

    private static async Task<(int Parts, ReplyFailure? Failure)> ReadAsync(byte[] stream)
    {
        using var reader = new EventStreamPayloadReader(new MemoryStream(stream));
        var parts = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            while (reader.TryRead(out _))
            {
                parts++;
            }
        }

        return (parts, reader.Failure);
    }
}
