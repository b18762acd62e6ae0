using System.Text;
using LambdaChat.Lambda.Events;

namespace LambdaChat.Tests.Fuzzing;

public sealed class LambdaEventFuzzTests
{
    private const int MaximumLength = 1500;

    private static readonly byte[][] Corpus =
    [
        .. new[]
        {
            """
            {"version":"2.0","routeKey":"$default","rawPath":"/a%20b/%E4%BD%A0","rawQueryString":"x=1&y=%2F","cookies":["k=v","l=w"],
             "headers":{"content-type":"application/json","x-many":"a,b","x-forwarded-proto":"http"},
             "requestContext":{"accountId":"anonymous","http":{"method":"POST","path":"/","sourceIp":"203.0.113.9","userAgent":"curl"},"requestId":"r","timeEpoch":1},
             "body":"{\"a\":\"你\\n\"}","isBase64Encoded":false}
            """,
            """{"version":"2.0","rawPath":"/v1/chat/completions","requestContext":{"http":{"method":"POST"}},"body":"AP+A","isBase64Encoded":true}""",
            """{"isBase64Encoded":true,"body":"eyJtb2RlbCI6InIxIn0=","requestContext":{"http":{"method":"GET","sourceIp":"::1"}},"rawPath":"","version":"2.0"}""",
            """{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":null,"headers":{},"cookies":[]}""",
            """
            {"resource":"/{proxy+}","path":"/b/v1/%E4%BD%A0","httpMethod":"POST","headers":{"a":"b"},"multiValueHeaders":{"a":["b","c"],"x-forwarded-proto":["http"]},
             "multiValueQueryStringParameters":{"x":["1","/你"]},"pathParameters":{"proxy":"v1/%E4%BD%A0"},"requestContext":{"authorizer":{"iam":null},
             "identity":{"sourceIp":"203.0.113.9","userArn":"arn:aws:iam::1:user/u","accountId":"1","user":"A"}},"body":"AP+A","isBase64Encoded":true}
            """,
            """
            {"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"GET","path":"/v1/models","queryStringParameters":{"a":"b%20c"},
             "headers":{"host":"h","accept-encoding":"gzip"},"body":"","isBase64Encoded":false}
            """,
            """{"source":"aws.events","warmer":true}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Parse_AnyBytes_IsOfOneKind() =>
        Fuzz.Run("Events", mutator => mutator.Next(Corpus, MaximumLength), Run, bytes => 32_768 + (32L * bytes.Length));

    private static void Run(byte[] json)
    {
        var parsed = LambdaEvent.Parse(json);
        if (parsed.Kind != EventKind.Http)
        {
            return;
        }

        var request = parsed.ToRequest();
        _ = parsed.RemoteIpAddress;
        Assert.NotEqual("", parsed.Iam?.UserArn);
        Assert.StartsWith("/", request.Path, StringComparison.Ordinal);
        Assert.InRange(request.Body.Length, 0, json.Length);
    }
}
