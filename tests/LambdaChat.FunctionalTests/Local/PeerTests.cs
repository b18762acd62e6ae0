using System.ClientModel;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Servers;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;
using LambdaChat.Local.SageMaker.Signing;
using OpenAI;
using OpenAI.Chat;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>Independent clients: AWS's SDK calls the emulator, OpenAI's clients call the function.</summary>
public sealed class PeerTests(FunctionFixture function)
{
    private const string Question = "9.11 和 9.8 哪个更大？";

    [Fact]
    public async Task AwsClient_Stream_IsReadToTheEnd()
    {
        var result = await ReadEmulatorAsync($$"""{"part_bytes":100,"write_bytes":77}""");

        Assert.Null((string?)result["error"]);
        Assert.Equal(("text/event-stream; charset=utf-8", "AllTraffic"), ((string?)result["contentType"], (string?)result["variant"]));
        Assert.True((int?)result["parts"] > 100);
        var text = (string)result["text"]!;
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        var (_, content) = Script.Answer(Question);
        Assert.Equal(
            content,
            Reply.Join(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block["data: ".Length..])).Content);
    }

    [Theory]
    [InlineData("model_stream_error", "ModelStreamError", "StreamBroken")]
    [InlineData("model_timeout", "ModelStreamError", "ModelInvocationTimeExceeded")]
    [InlineData("internal_stream_failure", "InternalStreamFailure", null)]
    [InlineData("error_frame", "InternalFailure", null)]
    public async Task AwsClient_FaultInTheStream_IsRecognized(string kind, string error, string? errorCode)
    {
        var result = await ReadEmulatorAsync($$"""{"fault":{"kind":"{{kind}}","after":3} }""");

        Assert.Equal((error, errorCode, 3), ((string?)result["error"], (string?)result["errorCode"], (int?)result["parts"]));
    }

    [Theory]
    [InlineData("corrupt_frame")]
    [InlineData("corrupt_prelude")]
    public async Task AwsClient_CorruptFrame_IsRefused(string kind)
    {
        var result = await ReadEmulatorAsync($$"""{"fault":{"kind":"{{kind}}","after":3} }""");

        Assert.NotNull((string?)result["error"]);
        Assert.Equal(3, (int?)result["parts"]);
    }

    [Theory]
    [InlineData("validation_error", "ValidationError", 400, null)]
    [InlineData("model_error", "ModelError", 424, 400)]
    [InlineData("internal_failure", "InternalFailure", 500, null)]
    [InlineData("service_unavailable", "ServiceUnavailable", 503, null)]
    [InlineData("model_not_ready", "ModelNotReadyException", 429, null)]
    [InlineData("internal_dependency", "InternalDependencyException", 530, null)]
    [InlineData("throttling", "ThrottlingException", 400, null)]
    [InlineData("access_denied", "AccessDeniedException", 403, null)]
    public async Task AwsClient_ErrorResponse_IsRecognized(string kind, string error, int status, int? original)
    {
        var result = await ReadEmulatorAsync($$"""{"fault":{"kind":"{{kind}}"} }""");

        Assert.Equal((error, status, original), ((string?)result["error"], (int?)result["status"], (int?)result["originalStatusCode"]));
    }

    [Fact]
    public async Task AwsClient_WrongSecret_IsRefused()
    {
        var result = await ReadEmulatorAsync("{}", EmulatorCredentials.Default with { SecretAccessKey = "wrong" });

        Assert.Equal(("InvalidSignatureException", 403), ((string?)result["error"], (int?)result["status"]));
    }

    [Fact]
    public async Task OpenAIForNode_Stream_HasReasoningAndContent()
    {
        var result = await StreamAsync("{}");

        Assert.Null((string?)result["error"]);
        Assert.Equal(Script.Answer(Question), ((string?)result["reasoning"], (string?)result["text"]));
        Assert.Equal(("stop", FunctionFixture.Model), ((string?)result["finishReason"], (string?)result["model"]));
        Assert.True((int?)result["usage"]!["completion_tokens"] > 10);
    }

    [Fact]
    public async Task OpenAIForNode_FaultInTheStream_IsRaisedAfterTheText()
    {
        var result = await StreamAsync("""{"tokens":20,"fault":{"kind":"model_stream_error","after":4} }""");

        Assert.Equal(
            (" t0 t1 t2", "The model server closed the connection before the reply was complete."),
            ((string?)result["text"], (string?)result["error"]));
        Assert.Equal("upstream_stream_broken", (string?)result["code"]);
    }

    [Fact]
    public async Task OpenAIForDotNet_Stream_HasContent()
    {
        var (text, finish, error) = await StreamWithDotNetAsync(FunctionFixture.Model);

        Assert.Null(error);
        Assert.Equal((Script.Answer(Question).Content, ChatFinishReason.Stop), (text, finish));
    }

    [Theory]
    [MemberData(nameof(ServerKinds.Names), MemberType = typeof(ServerKinds))]
    public async Task OpenAIForDotNet_EveryServer_HasTheSameContent(string server)
    {
        var (text, finish, error) = await StreamWithDotNetAsync(
            FunctionFixture.Model + ServerKinds.Find(server).Suffix, $$"""{"server":"{{server}}"}""");

        Assert.Null(error);
        Assert.Equal((Script.Answer(Question).Content, ChatFinishReason.Stop), (text, finish));
    }

    [Fact]
    public async Task OpenAIForDotNet_FaultInTheStream_ThrowsAfterTheText()
    {
        await using var lambda = await FunctionFixture.StartLambdaAsync(function.Emulator.Address, new Log());
        var (text, _, error) = await StreamWithDotNetAsync(
            FunctionFixture.Model, """{"tokens":20,"fault":{"kind":"model_stream_error","after":4} }""");

        Assert.Equal(" t0 t1 t2\n\n[Error: The model server closed the connection before the reply was complete.]", text);
        Assert.Contains("error: The model server closed the connection before the reply was complete.", error?.Message,
            StringComparison.Ordinal);
    }

    private Task<JsonNode> ReadEmulatorAsync(string standIn, EmulatorCredentials? credentials = null)
    {
        var signing = credentials ?? EmulatorCredentials.Default;
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = signing.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = signing.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = signing.SessionToken,
        };
        return Node.RunAsync(
            "read-event-stream.mjs", variables, function.Emulator.Address.ToString(), CreateRequest(standIn).ToJsonString());
    }

    private Task<JsonNode> StreamAsync(string standIn)
    {
        var request = CreateRequest(standIn);
        request["stream_options"] = new JsonObject { ["include_usage"] = true };
        return Node.RunAsync(
            "stream-openai.mjs", [], new Uri(function.Lambda.Url, "v1").ToString(), FunctionFixture.Key, request.ToJsonString());
    }

    private async Task<(string Text, ChatFinishReason? Finish, Exception? Error)> StreamWithDotNetAsync(
        string model, string? standIn = null)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(function.Lambda.Url, "v1") };
        var client = new ChatClient(model, new ApiKeyCredential(FunctionFixture.Key), options);
        var request = new ChatCompletionOptions();
        if (standIn is not null)
        {
#pragma warning disable SCME0001 // The only way to send an unknown member.
            request.Patch.Set("$.stand_in"u8, BinaryData.FromString(standIn));
#pragma warning restore SCME0001
        }

        var text = "";
        ChatFinishReason? finish = null;
        try
        {
            await foreach (
                var update in client.CompleteChatStreamingAsync(
                    [new UserChatMessage(Question)], request, TestContext.Current.CancellationToken))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
                finish = update.FinishReason ?? finish;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (text, finish, exception);
        }

        return (text, finish, null);
    }

    private static JsonObject CreateRequest(string standIn) =>
        Reply.Request(standIn, $$"""{"messages":[{"role":"user","content":"{{Question}}"}]}""");
}
