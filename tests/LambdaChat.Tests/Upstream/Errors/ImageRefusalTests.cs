using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Upstream.Errors;

public sealed class ImageRefusalTests
{
    /// <summary>
    /// Claude Code removes images after "could not process image", and Codex after "does not represent a valid image". A 5xx would be
    /// repeated.
    /// </summary>
    [Theory, Trait("reported", "M34")]
    [InlineData("small is not a multimodal model", 400)]
    [InlineData("At most 0 image(s) may be provided in one prompt.", 400)]
    [InlineData("image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", 500)]
    [InlineData("Only 'text' content type is supported.", 404)]
    [InlineData("This model does not support images.", 422)]
    public void Read_RefusedImage_IsAnErrorOfTheRequest(string message, int status)
    {
        var failure = new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(message, status));

        var error = failure.ToError();

        Assert.Equal(
            (400, "invalid_request_error", $"The image data you provided does not represent a valid image for this model: {message}", true),
            (error.Status, error.Type, error.Message, error.IsRetryUseless));
        Assert.Equal($"Could not process image: {message}", error.AnthropicMessage);
        Assert.False(failure.IsTransient || failure.MayRetryOtherTarget);
    }

    [Fact]
    public void Read_OtherError_KeepsItsWords()
    {
        var error = new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read("The image is broken.", 400)).ToError();

        Assert.Equal(("The image is broken.", null), (error.Message, error.AnthropicMessage));
    }
}
