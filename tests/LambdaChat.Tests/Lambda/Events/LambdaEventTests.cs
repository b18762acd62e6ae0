using System.Text;
using LambdaChat.Hosting;
using LambdaChat.Lambda.Events;

namespace LambdaChat.Tests.Lambda.Events;

public sealed class LambdaEventTests
{
    private const string Caller =
        """
        {"userArn":"arn:aws:iam::123456789012:user/eve","accountId":"123456789012","accessKey":"k",
         "userId":"AIDA","user":"AIDA","sourceIp":"::1"}
        """;

    [Fact]
    public async Task Parse_WholeEvent_BecomesARequest()
    {
        var json = """
            {"version":"2.0","routeKey":"$default","rawPath":"/a%20b/%E4%BD%A0","rawQueryString":"x=1&y=%2F","cookies":["k=v","l=w"],
             "headers":{"content-type":"application/json","x-many":"a,b","x-forwarded-proto":"http"},
             "requestContext":{"accountId":"anonymous","requestId":"r","timeEpoch":1,
              "http":{"method":"POST","path":"/ignored","sourceIp":"203.0.113.9","userAgent":"curl"}},
             "body":"{\"a\":\"你\\n\"}","isBase64Encoded":false,"somethingNew":{"a":[1]}}
            """u8;

        var parsed = LambdaEvent.Parse(json);
        var request = parsed.ToRequest();

        Assert.Equal(
            ("POST", "/a b/你", "?x=1&y=%2F", "/a%20b/%E4%BD%A0?x=1&y=%2F", "http"),
            (request.Method, request.Path, request.QueryString, request.RawTarget, request.Scheme));
        Assert.Equal("a,b", request.Headers["X-Many"]);
        Assert.Equal("k=v; l=w", request.Headers.Cookie);
        Assert.Equal("203.0.113.9", parsed.RemoteIpAddress!.ToString());
        Assert.Equal("{\"a\":\"你\\n\"}", await new StreamReader(request.Body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"version":"2.0","rawPath":"/","isBase64Encoded":true,"requestContext":{"http":{"method":"PUT"}},"body":"AP+A"}""",
        "00FF80")]
    [InlineData("""{"isBase64Encoded":true,"body":"AP+A","requestContext":{"http":{"method":"PUT"}},"rawPath":"/","version":"2.0"}""",
        "00FF80")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":""}""", "")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":null}""", "")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}}}""", "")]
    public async Task Parse_Body_IsBytes(string json, string expected)
    {
        var request = LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).ToRequest();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal(expected, Convert.ToHexString(body.ToArray()));
        Assert.Equal("https", request.Scheme);
    }

    // API Gateway writes the stage of an HTTP API into the path, unless it is $default.
    [Theory]
    [InlineData("prod", "/prod/v1/models", "/v1/models")]
    [InlineData("prod", "/prod/", "/")]
    [InlineData("prod", "/prod/prod/x", "/prod/x")]
    [InlineData("prod", "/production/x", "/production/x")]
    [InlineData("$default", "/v1/models", "/v1/models")]
    [InlineData("", "/v1/models", "/v1/models")]
    public void Parse_StageOfAnHttpApi_IsNotAPartOfThePath(string stage, string path, string expected)
    {
        var json = $$"""
            {"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"{{path}}",
             "requestContext":{"stage":"{{stage}}","domainName":"x.execute-api.eu-west-1.amazonaws.com","http":{"method":"GET"} } }
            """;

        Assert.Equal(expected, LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).ToRequest().Path);
    }

    [Fact]
    public async Task Parse_EventOfARestApi_BecomesARequest()
    {
        var json = """
            {"resource":"/{proxy+}","path":"/a%20b/%E4%BD%A0","httpMethod":"POST",
             "headers":{"Content-Type":"application/json","X-Many":"b"},
             "multiValueHeaders":{"Content-Type":["application/json"],"X-Many":["a","b"],"Cookie":["k=v; l=w"]},
             "queryStringParameters":{"x":"2"},"multiValueQueryStringParameters":{"x":["1","2"],"y z":["/&你"]},
             "pathParameters":{"proxy":"a%20b/%E4%BD%A0"},"stageVariables":null,
             "requestContext":{"resourceId":"r","stage":"prod","path":"/prod/a","authorizer":null,
              "identity":{"sourceIp":"203.0.113.9","userArn":null,"accountId":null,"user":null}},
             "body":"eyJhIjoxfQ==","isBase64Encoded":true}
            """u8;

        var parsed = LambdaEvent.Parse(json);
        var request = parsed.ToRequest();

        Assert.Equal(new ResponseFormat(EventSource.RestApi, HasMultiValueHeaders: true), parsed.Format);
        Assert.Equal(
            ("POST", "/a b/你", "?x=1&x=2&y%20z=%2F%26%E4%BD%A0", "https"),
            (request.Method, request.Path, request.QueryString, request.Scheme));
        Assert.Equal("/a%20b/%E4%BD%A0?x=1&x=2&y%20z=%2F%26%E4%BD%A0", request.RawTarget);
        Assert.Equal("a,b", request.Headers["x-many"].ToString());
        Assert.Equal("k=v; l=w", request.Headers.Cookie);
        Assert.Equal("203.0.113.9", parsed.RemoteIpAddress!.ToString());
        Assert.Null(parsed.Iam);
        Assert.Equal("""{"a":1}""", await new StreamReader(request.Body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"path":"/v1/models","httpMethod":"GET"}""", "/v1/models")]
    [InlineData("""{"path":"/v1/models","httpMethod":"GET","headers":null,"multiValueHeaders":null,"body":null}""", "/v1/models")]
    [InlineData("""{"path":"/a","httpMethod":"GET","multiValueQueryStringParameters":null,"pathParameters":null}""", "/a")]
    [InlineData("""{"path":"/a","httpMethod":"GET","requestContext":null}""", "/a")]
    [InlineData("""{"version":"1.0","path":"/v1/models","httpMethod":"GET","headers":{"a":"b"}}""", "/v1/models")]
    [InlineData("""{"path":"/b/v1/models","httpMethod":"GET","resource":"/{proxy+}","pathParameters":{"proxy":"v1/models"}}""",
        "/v1/models")]
    [InlineData("""{"path":"/b/v1/models","httpMethod":"GET","resource":"/v1/{proxy+}","pathParameters":{"proxy":"models"}}""",
        "/v1/models")]
    [InlineData("""{"path":"/b/v1/models","httpMethod":"GET","resource":"/b/v1/models","pathParameters":{"id":"v1"}}""", "/b/v1/models")]
    public void Parse_EventOfARestApi_LosesTheBasePathOfADomain(string json, string expected) =>
        Assert.Equal(expected, LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).ToRequest().Path);

    [Theory]
    [InlineData("""{"path":"/","httpMethod":"GET","resource":"/","requestContext":{"path":"/chat"}}""", "/chat", "")]
    [InlineData("""{"path":"/","httpMethod":"GET","resource":"/","requestContext":{"path":"/chat/"}}""", "", "/")]
    [InlineData("""{"path":"/","httpMethod":"GET","resource":"/","requestContext":{"path":"/"}}""", "", "/")]
    [InlineData("""{"path":"/","httpMethod":"GET","resource":"/","requestContext":{"path":null}}""", "", "/")]
    [InlineData("""{"path":"/","httpMethod":"GET","resource":"/","requestContext":{"path":"//other.example"}}""", "", "/")]
    [InlineData("""{"path":"/","httpMethod":"GET","resource":"/","requestContext":{"path":"chat"}}""", "", "/")]
    [InlineData("""{"path":"/v1/models","httpMethod":"GET","requestContext":{"path":"/chat/v1/models"}}""", "", "/v1/models")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"path":"/chat","http":{"method":"GET"}}}""", "", "/")]
    [InlineData("""{"version":"2.0","routeKey":"a","rawPath":"/p","requestContext":{"stage":"p","http":{"method":"GET"}}}""", "/p", "")]
    [InlineData("""{"version":"2.0","routeKey":"a","rawPath":"/p/","requestContext":{"stage":"p","http":{"method":"GET"}}}""", "", "/")]
    public void Parse_StageWithoutASlash_HasAPathBaseAndNoPath(string json, string pathBase, string path)
    {
        var request = LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).ToRequest();

        Assert.Equal((pathBase, path), (request.PathBase, request.Path));
    }

    [Fact]
    public void Iam_OfEachFormat_IsReadFromItsOwnPlaceOnly()
    {
        var url = Iam("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"},"authorizer":{"iam":CALLER}}}""");
        var rest = Iam("""{"path":"/","httpMethod":"GET","requestContext":{"identity":CALLER}}""");

        Assert.Equal(new IamIdentity("arn:aws:iam::123456789012:user/eve", "123456789012", "AIDA"), url);
        Assert.Equal(url, rest);
        Assert.Null(Iam("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"},"identity":CALLER}}"""));
        Assert.Null(Iam("""{"path":"/","httpMethod":"GET","requestContext":{"authorizer":{"iam":CALLER}}}"""));
        Assert.Null(Iam("""{"path":"/","httpMethod":"GET","iam":CALLER,"identity":CALLER,"headers":{"authorizer":"x"}}"""));
        Assert.Null(Iam(
            """{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"A"},"authorizer":{"iam":"arn","lambda":{"userArn":"a"}}}}"""));
        Assert.Null(Iam("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"},"authorizer":"arn"}}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":"1.0","rawPath":"/","requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"version":"3.0","path":"/","httpMethod":"GET"}""")]
    [InlineData("""{"version":"2.0","path":"/","httpMethod":"GET"}""")]
    [InlineData("""{"path":"/","httpMethod":null}""")]
    [InlineData("""{"httpMethod":"GET"}""")]
    [InlineData("""{"path":"/","httpMethod":"GET","multiValueHeaders":["a"]}""")]
    [InlineData("""{"path":"/","httpMethod":"GET","multiValueQueryStringParameters":{"a":"b"}}""")]
    [InlineData("""{"version":"2.0","requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":1}}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","headers":[],"requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"}},"body":"\ud83d"}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","headers":{"":"a"},"requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"path":"/","httpMethod":"GET","multiValueHeaders":{"":["a"]}}""")]
    public void Parse_AnythingElse_IsUnknown(string json) =>
        Assert.Equal(EventKind.Unsupported, LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).Kind);

    [Theory]
    [InlineData("""{"version":"2.0","rawPath":"/a%00","requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"path":"/%00","httpMethod":"GET"}""")]
    public void Parse_PathWithNullCharacter_IsInvalid(string json) =>
        Assert.Equal(EventKind.InvalidPath, LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).Kind);

    [Theory]
    [InlineData("""{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}""")]
    [InlineData("""{"source":"aws.scheduler"}""")]
    [InlineData("""{"source":"serverless-plugin-warmup"}""")]
    [InlineData("""{"warmer":true,"concurrency":3}""")]
    public void Parse_ScheduledEvent_IsAWarmUp(string json) =>
        Assert.Equal(EventKind.WarmUp, LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).Kind);

    [Theory]
    [InlineData("""{"source":"aws.s3"}""")]
    [InlineData("""{"warmer":false}""")]
    [InlineData("""{"source":1}""")]
    public void Parse_OtherEvent_IsNoWarmUp(string json) =>
        Assert.Equal(EventKind.Unsupported, LambdaEvent.Parse(Encoding.UTF8.GetBytes(json)).Kind);

    [Theory]
    [InlineData("\"routeKey\":\"$default\"", "\"apiId\":\"a\",\"domainPrefix\":\"a\",\"domainName\":\"a.lambda-url.a.on.aws\"", true)]
    [InlineData("\"routeKey\":\"$default\"", "\"domainName\":\"localhost:5000\"", true)]
    [InlineData("\"routeKey\":\"POST /v1/{proxy+}\"", "\"domainName\":\"a.lambda-url.eu-west-1.on.aws\"", false)]
    [InlineData("\"routeKey\":\"$default\"", "\"domainName\":\"a.execute-api.eu-west-1.amazonaws.com\"", false)]
    [InlineData("\"routeKey\":\"$default\"", "\"apiId\":\"a\",\"domainPrefix\":\"chat\",\"domainName\":\"chat.example.com\"", false)]
    public void Parse_Version2_StreamsToFunctionUrlsOnly(string member, string context, bool isStreamed)
    {
        var json = $$$"""{"version":"2.0","rawPath":"/",{{{member}}},"requestContext":{"http":{"method":"GET"},{{{context}}}}}""";

        var parsed = LambdaEvent.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Equal((EventKind.Http, isStreamed, false), (parsed.Kind, parsed.Format.IsStreamed, parsed.Format.HasMultiValueHeaders));
    }

    [Theory]
    [InlineData("\"headers\":{\"host\":\"h\"},\"queryStringParameters\":{\"a\":\"b%20c\"}", false)]
    [InlineData("\"multiValueHeaders\":{\"host\":[\"h\"]},\"multiValueQueryStringParameters\":{\"a\":[\"b%20c\"]}", true)]
    public void Parse_EventOfALoadBalancer_IsBuffered(string members, bool hasMultiValueHeaders)
    {
        var json = $$$"""
            {"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"GET","path":"/v1/models",{{{members}}},
             "body":"","isBase64Encoded":false}
            """;

        var parsed = LambdaEvent.Parse(Encoding.UTF8.GetBytes(json));
        var request = parsed.ToRequest();

        Assert.Equal(new ResponseFormat(EventSource.LoadBalancer, hasMultiValueHeaders), parsed.Format);
        Assert.False(parsed.Format.IsStreamed);
        Assert.Equal(("/v1/models", "?a=b%20c", "h"), (request.Path, request.QueryString, request.Headers.Host.ToString()));
    }

    [Fact]
    public void Parse_Version1OfAnHttpApi_IsBuffered() => Assert.Equal(
        new ResponseFormat(EventSource.HttpApi, HasMultiValueHeaders: true),
        LambdaEvent.Parse("""{"version":"1.0","path":"/","httpMethod":"GET"}"""u8).Format);

    [Fact]
    public void ToRequest_HasNoAcceptEncoding()
    {
        var json = """{"version":"2.0","rawPath":"/","headers":{"accept-encoding":"gzip"},"requestContext":{"http":{"method":"GET"}}}"""u8;

        Assert.Empty(LambdaEvent.Parse(json).ToRequest().Headers);
    }

    private static IamIdentity? Iam(string json) =>
        LambdaEvent.Parse(Encoding.UTF8.GetBytes(json.Replace("CALLER", Caller, StringComparison.Ordinal))).Iam;
}
