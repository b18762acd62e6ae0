using System.Text;
using LambdaChat.Failures;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Upstream.Errors;

public sealed class ContainerMessageTests
{
    private const string NoMessage = "The model server failed without an error message.";

    [Theory]
    [InlineData("""{"error":{"message":"m","type":"BadRequestError","param":"p","code":400}}""", 400, "m", "BadRequestError", "p", null)]
    [InlineData("""{"error":{"message":"m","type":"t","param":null,"code":"c"}}""", null, "m", "t", null, "c")]
    [InlineData("""{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}""", 400, "m", "BadRequestError", null,
        null)]
    [InlineData("""{"error":"m","error_type":"validation"}""", 400, "m", "validation", null, null)]
    [InlineData("""{"error":"m","error_type":"overloaded"}""", 503, "m", "overloaded", null, null)]
    [InlineData("""{"detail":"m"}""", null, "m", null, null, null)]
    [InlineData("""{"message":"m"}""", null, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","status":429}}""", 429, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","code":"429"}}""", 429, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","status_code":503}}""", 503, "m", null, null, null)]
    [InlineData("""{"error":"m","http_status_code":"422"}""", 422, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","http_code":"429"}}""", 429, "m", null, null, null)]
    [InlineData("""{"timestamp":1,"status":400,"error":"Bad Request","message":"m","path":"/x"}""", 400, "m", null, null, null)]
    [InlineData("""{"error":"invalid_request","error_description":"m"}""", null, "m", null, null, null)]
    [InlineData("""{"error":"The maximum context length is 4096 tokens, and the prompt has 5000 tokens","message":"Bad Request"}""", 400,
        "The maximum context length is 4096 tokens, and the prompt has 5000 tokens", "invalid_request_error", "messages",
        "context_length_exceeded")]
    [InlineData("""{"error":"m","message":""}""", null, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","code":7}}""", null, "m", null, null, null)]
    [InlineData("""{"error":{"message":{"detail":"m"}}}""", null, "m", null, null, null)]
    [InlineData("""{"error":{"message":["a","b"]}}""", null, "a; b", null, null, null)]
    [InlineData("""{"errors":[{"message":"a"},"b",{"msg":"c","loc":["body",0,"x"]}]}""", null, "a; b; body.0.x: c", null, null, null)]
    [InlineData("""{"error":{"error":{"message":"m","type":"t"}}}""", null, "m", "t", null, null)]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"m"}}""", 503, "m", "overloaded_error", null, null)]
    [InlineData("""{"detail":{"message":"m","code":"c"}}""", null, "m", null, null, "c")]
    [InlineData("""{"error":{"message":"{\"error\":{\"message\":\"m\",\"code\":404}}"}}""", 404, "m", null, null, null)]
    [InlineData("""{"error":null,"message":"m"}""", null, "m", null, null, null)]
    [InlineData("""{"error":{"error":{"error":{"error":{"error":{"error":{"error":{"message":"m"}}}}}}}}""", null, NoMessage, null, null,
        null)]
    [InlineData("""{"error":{"message":{"text":"m"}}}""", null, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","code":400.0}}""", 400, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","status":"UNAVAILABLE"}}""", 503, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","status":"RESOURCE_EXHAUSTED"}}""", 429, "m", null, null, null)]
    [InlineData("""{"error":{"message":"m","type":"TooManyRequestsError"}}""", 429, "m", "TooManyRequestsError", null, null)]
    [InlineData("""{"error":{"message":"m","code":"model_overloaded"}}""", 503, "m", null, null, "model_overloaded")]
    [InlineData("""{"error":{"message":"m","type":"NotFoundError"}}""", 404, "m", "NotFoundError", null, null)]
    [InlineData("""{"status":"error","message":"m"}""", null, "m", "error", null, null)]
    [InlineData("""{"status":"Failed","errorMessage":"m"}""", null, "m", "error", null, null)]
    [InlineData("""{"exception":"m"}""", null, "m", null, null, null)]
    [InlineData("""{"Message":"m","code":503}""", 503, "m", null, null, null)]
    [InlineData("plain text", null, "plain text", null, null, null)]
    [InlineData("{broken", null, "{broken", null, null, null)]
    [InlineData("<html><head><title>503 Service Unavailable</title></head><body>x</body></html>", null, "503 Service Unavailable", null,
        null, null)]
    [InlineData("<!DOCTYPE html>\n<h1 class=\"x\">Bad &amp; worse</h1>", null, "Bad & worse", null, null, null)]
    [InlineData("""Received client error (422) from primary with message "{\"error\":\"m\"}". See https://x in account 111122223333""",
        422, "m", null, null, null)]
    [InlineData("""Received server error (503) from container-1 with message "busy". See https://x for more.""", 503, "busy", null, null,
        null)]
    [InlineData("""Received server error (٥٠٣) from container-1 with message "busy". See x.""", null,
        """Received server error (٥٠٣) from container-1 with message "busy". See x.""", null, null, null)]
    [InlineData("", null, NoMessage, null, null, null)]
    [InlineData("{}", null, NoMessage, null, null, null)]
    [InlineData("[]", null, NoMessage, null, null, null)]
    [InlineData("""{"errors":[{"message":"m","code":429},{"message":"n","code":503}]}""", 429, "m; n", null, null, null)]
    [InlineData("""{"error":{"message":"half \ud83d"}}""", null, "half \uFFFD", null, null, null)]
    public void Read_EachForm_GivesTheMessageAndTheStatus(
        string text, int? status, string message, string? type, string? param, string? code) =>
        Assert.Equal(new ContainerError(status, message, type, param, code), ContainerMessage.Read(text, status: null));

    [Theory]
    [InlineData("This model's maximum context length is 4096 tokens.", 500)]
    [InlineData("The input (5000 tokens) is longer than the model's context length (4096 tokens).", null)]
    [InlineData("the request exceeds the available context size", 400)]
    [InlineData("`inputs` tokens + `max_new_tokens` must be <= 4096", 422)]
    [InlineData("The prompt is too long.", 503)]
    [InlineData("The decoder prompt (length 8357) is longer than the maximum model length of 8192.", 400)]
    [InlineData("Prompt too long: 41911 tokens exceeds max context window of 32768 tokens", 400)]
    [InlineData("length of prompt_tokens (163280) must be less than max_seq_len (32768).", null)]
    [InlineData("Prompt length 5000 is greater than max_seq_len 4096", 500)]
    [InlineData("The request exceeds the model's context window", 413)]
    public void Read_ConversationTooLong_IsAlways400(string message, int? status) =>
        Assert.Equal(new ContainerError(400, message, "invalid_request_error", "messages", "context_length_exceeded"),
            ContainerMessage.Read(message, status));

    [Theory]
    [InlineData(
        """{"error":{"message":"m","type":"arn:aws:sagemaker:us-east-1:111122223333:endpoint/x","param":"https://user:pass@host","code":"a b"}}""")]
    [InlineData("""{"error":{"message":"m","type":"Traceback (most recent call last)","param":"a\u0000b","code":"\u00e9"}}""")]
    public void Read_NamesThatAreNotPlain_AreLeftOut(string text) =>
        Assert.Equal(new ContainerError(null, "m"), ContainerMessage.Read(text, status: null));

    [Fact]
    public void Read_LongNames_AreLeftOut()
    {
        var text =
            $$"""{"error":{"message":"m","type":"{{new string('t', 65)}}","param":"{{new string('p', 200_000)}}","code":"{{new string('c', 64)}}"} }""";

        Assert.Equal(new ContainerError(null, "m", Code: new string('c', 64)), ContainerMessage.Read(text, status: null));
    }

    [Fact]
    public void Read_CodeOfDigits_IsTheStatus() =>
        Assert.Equal(new ContainerError(503, "m"), ContainerMessage.Read("""{"message":"m","code":"503"}""", status: null));

    [Theory]
    [InlineData("Role arn:aws:sagemaker:us-east-1:111122223333:endpoint/demo failed", "Role [arn] failed")]
    [InlineData("x=arn:aws-cn:iam::111122223333:role/a,arn:aws:s3:::b, c", "x=[arn],[arn], c")]
    [InlineData("account 111122223333, see https://console.aws.amazon.com/x?y=z now", "account [account], see [link] now")]
    [InlineData("(https://a/b)", "([link]")]
    [InlineData("url=s3://bucket/secret/key is missing", "url=[link] is missing")]
    [InlineData("a.b://c", "[link]")]
    [InlineData("CUDA out of memory\nTraceback (most recent call last):\n  File \"/opt/x.py\", line 1", "CUDA out of memory")]
    [InlineData("Traceback (most recent call last):\n  File \"/opt/x.py\"", NoMessage)]
    [InlineData(
        "Traceback (most recent call last):\n  File \"/opt/x.py\", line 12, in predict\n    y = model(x)\nRuntimeError: CUDA error: out " +
            "of memory\n", "RuntimeError: CUDA error: out of memory")]
    [InlineData("bad value\n\n  File \"/usr/lib/python3/x.py\", line 376, in f\n    POST /v1/chat/completions", "bad value")]
    [InlineData("EngineCore encountered an issue. See stack trace (above) for the root cause.", "EngineCore encountered an issue.")]
    [InlineData("key AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE.", "key [key] and [key].")]
    [InlineData("token hf_abcdefghijklmnop, sk-abcdefghijklmn", "token [token], [token]")]
    [InlineData("cannot open /opt/ml/code/model.py: no such file", "cannot open [path]: no such file")]
    [InlineData("POST /v1/chat/completions", "POST /v1/chat/completions")]
    [InlineData("ip-10-0-0-12.ec2.internal:8080 and 10.0.3.4:8080, 172.16.0.1, 192.168.1.1.", "[host] and [host], [host], [host].")]
    [InlineData("Credential=ASIAIOSFODNN7EXAMPLE/20261129/us-east-1/aws4_request", "Credential=[key]/20261129/us-east-1/aws4_request")]
    [InlineData("error:/opt/ml/code/x.py: bad", "error:[path]: bad")]
    [InlineData("a\u0000b\u001b[31mc\u0085\nd", "ab[31mc\nd")]
    [InlineData("token:hf_abcdefghijklmnop", "token:[token]")]
    [InlineData("key_hf_abcdefghijklmnop and pre-hf_abcdefghijklmnop.", "key_[token] and pre-[token].")]
    [InlineData("Invalid Authorization header: Bearer sagemaker-api-key-c2FnZW1ha2Vy+a/b==", "Invalid Authorization header: Bearer [secret]")]
    [InlineData("'authorization': 'Bearer abc.def', 'x': 1", "'authorization': 'Bearer [secret]', 'x': 1")]
    [InlineData("sent Bearer abcdefgh12345678/+== to it", "sent Bearer [secret] to it")]
    [InlineData("Bearer authentication failed", "Bearer authentication failed")]
    [InlineData("x-amz-security-token:IQoJb3JpZ2luX2VjEBU//wEaCXVz, x", "x-amz-security-token:[secret], x")]
    [InlineData("got IQoJb3JpZ2luX2VjEBU//wEaCXVz+w==, gho_abcdefghijkl, xoxp-123-456-789-abc", "got [token], [token], [token]")]
    [InlineData("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG; password = \"a b\"", "aws_secret_access_key=[secret]; password = \"[secret] b\"")]
    [InlineData("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=fe5f80", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=[secret]")]
    [InlineData("max_tokens: 5, Unexpected token: x, task-force-of-many-words", "max_tokens: 5, Unexpected token: x, task-force-of-many-words")]
    [InlineData("ip-10-0-0-12 is down, ip-10-0-0-12:8080, model.local:80, foo.INTERNAL.", "[host] is down, [host], [host], [host].")]
    [InlineData("http:[fd00::1]:8080, fe80::1, ::ffff:10.0.0.1, std::vector, 2001:db8::1, a::b",
        "http:[[host]]:8080, [host], [host], std::vector, 2001:db8::1, a::b")]
    [InlineData("ARN:AWS:iam::111122223333:role/a denied", "[arn] denied")]
    [InlineData("/dev/shm/psm_1, /model/config.json, /code/serve.py: no", "[path], [path], [path]: no")]
    [InlineData("upstream:10.0.3.4:8080, 10.0.3.4/v1, a:b/10.0.3.4:80/v1", "upstream:[host], [host]/v1, a:b/[host]/v1")]
    [InlineData("http:ip-10-0-0-12.ec2.internal:8080/ping", "http:[host]/ping")]
    [InlineData("openai:/v1/chat, role:user/1.5", "openai:/v1/chat, role:user/1.5")]
    [InlineData("version 1.2.3.4 and 8.8.8.8", "version 1.2.3.4 and 8.8.8.8")]
    [InlineData("This model wants 131072 tokens, but 1234567890123 were asked for.",
        "This model wants 131072 tokens, but 1234567890123 were asked for.")]
    [InlineData(
        "1 validation error:\n  {'type': 'float_parsing', 'loc': ('body', 'temperature'), 'msg': 'Input should be a number', 'input': " +
            "'my secret'}", "1 validation error: body.temperature: Input should be a number")]
    [InlineData(
        "2 validation errors:\n  {'type': 'a', 'loc': 'body.x', 'msg': \"it's wrong\", 'input': {'a': 'b'}}\n  {'type': 'b', 'loc': " +
            "('body', 1), 'msg': 'no'}", "2 validation errors: body.x: it's wrong; body.1: no")]
    [InlineData("Either prompt or prompt_embeds must be provided and non-empty.",
        "The model server rejected the request body: a field has a wrong type or value.")]
    [InlineData("Cannot find suitable handler for request.",
        "The model server rejected the request body: a field has a wrong type or value.")]
    public void Clean_WhatMustNotBeShown_IsRemoved(string text, string expected) => Assert.Equal(expected, ErrorText.Clean(text));

    [Fact]
    public void Clean_LongText_IsCutBetweenCharacters()
    {
        var cut = ErrorText.Clean(string.Concat(Enumerable.Repeat("错误🤔", 1000)));

        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 2040, 2048);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', cut);
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("arn:aws")]
    [InlineData("://")]
    [InlineData("/opt/")]
    [InlineData("1")]
    [InlineData("{'type': 'loc': 'msg': ")]
    [InlineData("Traceback (most recent call last):\n")]
    [InlineData("<title")]
    [InlineData("Received client error (400) from x with message \"")]
    public void Read_OneMegabyteOfTheWorstCase_IsLinear(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1024 * 1024 / piece.Length));
        var before = Environment.CpuUsage.TotalTime;

        var error = ContainerMessage.Read(text, status: null);

        Assert.InRange(Encoding.UTF8.GetByteCount(error.Message), 1, 2048);
        Assert.InRange((Environment.CpuUsage.TotalTime - before).TotalSeconds, 0, 2);
    }
}
