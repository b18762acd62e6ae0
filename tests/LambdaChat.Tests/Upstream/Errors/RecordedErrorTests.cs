using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Tests.Recordings;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Upstream.Errors;

/// <summary>The refusals of real model servers, under <c>tests/Recordings</c> and <c>tests/Reports</c>.</summary>
public sealed class RecordedErrorTests
{
    [Theory]
    [MemberData(nameof(RecordingData.Refusals), MemberType = typeof(RecordingData))]
    public void Refusal_OfARealServer_KeepsItsStatusAndIsSafe(string name, int status)
    {
        var error = new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(Read(name), status)).ToError();

        var isTooLong = name.Contains("context", StringComparison.Ordinal) || name.Contains("http-object", StringComparison.Ordinal)
            || name.Contains("400.400", StringComparison.Ordinal)
            || name.Contains("http-detail", StringComparison.Ordinal);
        status = ImageRefusal.IsRefused(error.Message) ? 400 : status;
        Assert.Equal(isTooLong ? (400, "context_length_exceeded") : (status, error.Code), (error.Status, error.Code));
        Assert.DoesNotContain("File \"", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/usr/", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'input':", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\"input\"", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData("litserve-0.2.19/error-bad-temperature.422.json",
        "body.temperature: Input should be a valid number, unable to parse string as a number")]
    [InlineData("litserve-0.2.19/error-http-detail.400.whole.json", "context of 4096 tokens exceeded")]
    [InlineData("litserve-0.2.19/error-http-mid.503.whole.json", "The model is overloaded.")]
    [InlineData("llama-cpp-python-0.3.36/error-bad-tools.500.json", "1 validation error: body.tools: Input should be a valid list")]
    [InlineData("llama-cpp-python-0.3.36/error-c-no-prompt.500.whole.json", "The model server failed without an error message.")]
    [InlineData("llama.cpp-b11549/error-grammar-and-tools.400.json", "Cannot use custom grammar constraints with tools.")]
    [InlineData("mlx-lm-0.32.2/error-max-tokens-0.400.json", "max_tokens must be at least 1")]
    [InlineData("model-hosting-container-standards-0.1.16/error-http-list.422.json", "body.messages: Field required")]
    [InlineData("model-hosting-container-standards-0.1.16/error-session-new.400.whole.json", "model: Extra inputs are not permitted")]
    [InlineData("model-hosting-container-standards-0.1.16/error-traceback.500.json", "RuntimeError: CUDA error: out of memory")]
    [InlineData("sglang-0.5.23/error-no-messages.400.stream.json", "1 validation error: body.messages: Field required")]
    [InlineData("transformers-serve-5.24.0/error-max-tokens-0.500.whole.json", "Internal Server Error")]
    [InlineData("vllm-0.32/error-reasoning-effort.400.json",
        "1 validation error: body.reasoning_effort: Input should be 'none', 'minimal', 'low', 'medium', 'high', 'xhigh' or 'max'")]
    public void Refusal_OfARealServer_KeepsItsMessage(string name, string message) =>
        Assert.Equal(message, ContainerMessage.Read(Read($"Recordings/{name}"), status: null).Message);

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(RecordedErrorTests).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
