using System.Buffers;
using System.Text;
using Amazon.Runtime.EventStreams;
using LambdaChat.Streaming.EventStream;
using SdkHeader = Amazon.Runtime.EventStreams.EventStreamHeader;
using SdkMessage = Amazon.Runtime.EventStreams.EventStreamMessage;

namespace LambdaChat.Tests.Streaming.EventStream;

/// <summary>Compares both directions with AWSSDK.Core, an independent implementation.</summary>
public sealed class EventStreamEncoderTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void WriteEvent_ReadByAwssdkCore_IsTheSame()
    {
        EventStreamEncoder.WriteEvent(_output, "PayloadPart", "application/octet-stream", "data: 你好\n\n"u8);

        var message = ReadWithSdk();

        Assert.Equal("event", message.Headers[":message-type"].AsString());
        Assert.Equal("PayloadPart", message.Headers[":event-type"].AsString());
        Assert.Equal("application/octet-stream", message.Headers[":content-type"].AsString());
        Assert.Equal("data: 你好\n\n", Encoding.UTF8.GetString(message.Payload));
    }

    [Fact]
    public void WriteException_ReadByAwssdkCore_IsTheSame()
    {
        EventStreamEncoder.WriteException(_output, "ModelStreamError", "{\"ErrorCode\":\"StreamBroken\"}"u8);

        var message = ReadWithSdk();

        Assert.Equal("exception", message.Headers[":message-type"].AsString());
        Assert.Equal("ModelStreamError", message.Headers[":exception-type"].AsString());
        Assert.Equal("{\"ErrorCode\":\"StreamBroken\"}", Encoding.UTF8.GetString(message.Payload));
    }

    [Fact]
    public void WriteError_ReadByAwssdkCore_IsTheSame()
    {
        EventStreamEncoder.WriteError(_output, "InternalFailure", "Something broke.");

        var message = ReadWithSdk();

        Assert.Equal("error", message.Headers[":message-type"].AsString());
        Assert.Equal("InternalFailure", message.Headers[":error-code"].AsString());
        Assert.Equal("Something broke.", message.Headers[":error-message"].AsString());
        Assert.Empty(message.Payload);
    }

    [Fact]
    public void TryRead_MessageWrittenByAwssdkCore_IsTheSame()
    {
        IEventStreamHeader[] headers = [Header(":message-type", h => h.SetString("event")), Header("n", h => h.SetInt32(7)),
            Header("b", h => h.SetBool(true))];
        var bytes = new SdkMessage([.. headers], "payload"u8.ToArray()).ToByteArray();
        using var decoder = new EventStreamDecoder();

        var message = Assert.Single(decoder.Feed([bytes]));

        Assert.Equal(new Message(":message-type:String=6576656E74;n:Int32=00000007;b:BooleanTrue=;", "payload"), message);
    }

    [Fact]
    public void WriteHeader_NameOrValueTooLong_IsRefused()
    {
        Assert.Throws<OverflowException>(() => EventStreamEncoder.WriteHeader(_output, new string('n', 256), ""));
        Assert.Throws<OverflowException>(() => EventStreamEncoder.WriteHeader(_output, "n", new string('v', 65536)));
    }

    private static SdkHeader Header(string name, Action<SdkHeader> set)
    {
        var header = new SdkHeader(name);
        set(header);
        return header;
    }

    private SdkMessage ReadWithSdk() =>
        SdkMessage.FromBuffer(_output.WrittenSpan.ToArray(), 0, _output.WrittenCount);
}
