using LambdaChat.Hosting;
using LambdaChat.Telemetry.Tracing;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Telemetry.Tracing;

public sealed class TraceHeadersTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = "00f067aa0ba902b7";
    private const string XRay = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1";
    private const string OtherXRay = "Root=1-aaaaaaaa-aaaaaaaaaaaaaaaaaaaaaaaa;Parent=bbbbbbbbbbbbbbbb";

    [Theory]
    [InlineData(XRay, Trace, Parent)]
    [InlineData("Sampled=0; Parent=00f067aa0ba902b7; Root=1-4bf92f35-77b34da6a3ce929d0e0e4736; Lineage=a:b", Trace, Parent)]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736", Trace, "0000000000000000")]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=xxxxxxxxxxxxxxxx", Trace, "0000000000000000")]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=0000000000000000", Trace, "0000000000000000")]
    public void TryParse_XRayHeader_ReadsItsIds(string header, string trace, string parent)
    {
        Assert.True(TraceHeaders.TryParse(header, out var context));

        Assert.Equal((trace, parent), (context.TraceId.ToString(), context.SpanId.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Parent=00f067aa0ba902b7")]
    [InlineData("Root=2-4bf92f35-77b34da6a3ce929d0e0e4736")]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e473")]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e47367")]
    [InlineData("Root=1-4bf92f3577b34da6a3ce929d0e0e47360a")]
    [InlineData("Root=1-4BF92F35-77b34da6a3ce929d0e0e4736")]
    [InlineData("Root=1-00000000-000000000000000000000000")]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e47\r\n")]
    public void TryParse_InvalidHeader_IsFalse(string? header) => Assert.False(TraceHeaders.TryParse(header, out _));

    [Theory]
    [InlineData($"00-{Trace}-{Parent}-01", OtherXRay, OtherXRay, Trace)]
    [InlineData("00-nonsense", XRay, OtherXRay, Trace)]
    [InlineData(null, XRay, OtherXRay, Trace)]
    [InlineData(null, null, XRay, Trace)]
    [InlineData(null, "Self=1", XRay, Trace)]
    [InlineData(null, null, null, "00000000000000000000000000000000")]
    public void Read_SeveralTraces_ClientsTraceIsFirst(string? traceparent, string? ofLambda, string? header, string expected) =>
        Assert.Equal(expected, TraceHeaders.Read(Context(traceparent, ofLambda, header)).TraceId.ToString());

    [Fact]
    public void Read_Tracestate_IsNotRead()
    {
        var context = Context($"00-{Trace}-{Parent}-01");
        context.Request.Headers.TraceState = "vendor=anything";

        Assert.Null(TraceHeaders.Read(context).TraceState);
    }

    [Theory]
    [InlineData($"00-{Trace}-{Parent}-01", $"traceparent=00-{Trace}-{Parent}-01")]
    [InlineData($"00-{Trace}-{Parent}-00", $"traceparent=00-{Trace}-{Parent}-00")]
    [InlineData("00-nonsense", null)]
    [InlineData(null, null)]
    public void ToAttribute_Traceparent_IsForwarded(string? traceparent, string? expected) =>
        Assert.Equal(expected, TraceHeaders.ToAttribute(Context(traceparent)));

    [Fact]
    public void ToAttribute_TraceWithoutSpan_GetsOne() =>
        Assert.Matches($"^traceparent=00-{Trace}-(?!0{{16}})[0-9a-f]{{16}}-01$",
            TraceHeaders.ToAttribute(Context(traceparent: null, XRay.Split(';')[0])));

    private static DefaultHttpContext Context(string? traceparent, string? ofLambda = null, string? header = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.TraceParent = traceparent;
        context.Request.Headers["X-Amzn-Trace-Id"] = header;
        if (ofLambda is not null)
        {
            context.Features.Set(new InvocationTrace(ofLambda));
        }

        return context;
    }
}
