using System.Text;
using LambdaChat.Failures;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Upstream.Errors;

public sealed class ContainerMessageTests
{
    [Theory]
    [InlineData("""{"error":{"message":"m","type":"BadRequestError","param":"p","code":400}}""", 400, "m", "BadRequestError", "p", null)]
    [InlineData("""{"error":{"message":"m","type":"t","param":null,"code":"c"}}""", null, "m", "t", null, "c")]
    [InlineData("""{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}""", 400, "m", "BadRequestError", null, null)]
    [InlineData("""{"error":"m","error_type":"validation"}""", null, "m", "validation", null, null)]
    [InlineData("""{"detail":"m"}""", null, "m", null, null, null)]
    [InlineData("""{"message":"m"}""", null, "m", null, null, null)]
    [InlineData("plain text", null, "plain text", null, null, null)]
    [InlineData("{broken", null, "{broken", null, null, null)]
    [InlineData("""Received client error (422) from primary with message "{\"error\":\"m\"}". See https://x in account 111122223333""", 422, "m", null, null, null)]
    [InlineData("""Received server error (503) from container-1 with message "busy". See https://x for more.""", 503, "busy", null, null, null)]
    [InlineData("", null, "The model server failed without an error message.", null, null, null)]
    [InlineData("{}", null, "The model server failed without an error message.", null, null, null)]
    public void Read_EveryShape_GivesTheMessage(string text, int? status, string message, string? type, string? param, string? code) =>
        Assert.Equal(new ContainerError(status, message, type, param, code), ContainerMessage.Read(text, status: null));

    [Theory]
    [InlineData("Role arn:aws:sagemaker:us-east-1:111122223333:endpoint/demo failed", "Role [arn] failed")]
    [InlineData("account 111122223333, see https://console.aws.amazon.com/x?y=z now", "account [account], see [link] now")]
    [InlineData("s3://bucket/secret/key is missing", "[link] is missing")]
    [InlineData("CUDA out of memory\nTraceback (most recent call last):\n  File \"/opt/x.py\", line 1", "CUDA out of memory")]
    [InlineData("Traceback (most recent call last):\n  File \"/opt/x.py\"", "The model server failed without an error message.")]
    [InlineData("This model's maximum context length is 131072 tokens, but 1234567890123 were asked for.", "This model's maximum context length is 131072 tokens, but 1234567890123 were asked for.")]
    public void Clean_WhatMustNotBeShown_IsTakenOut(string text, string expected) => Assert.Equal(expected, ContainerMessage.Clean(text));

    [Fact]
    public void Clean_LongText_IsCutBetweenCharacters()
    {
        var cut = ContainerMessage.Clean(string.Concat(Enumerable.Repeat("错误🤔", 1000)));

        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 2040, 2048);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', cut);
    }
}
