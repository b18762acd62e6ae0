using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Api.Replies.Errors;

public sealed class ContextOverflowTests
{
    private const string Vllm = "This model's maximum context length is 32768 tokens. However, you requested ";
    private const string End = ", decrease input length or `max_tokens` and try again";

    /// <summary>The regular expressions of Claude Code are <c>exceed context limit: (\d+) \+ (\d+) > (\d+)</c> and
    /// <c>prompt is too long[^0-9]*(\d+)\s*tokens?\s*>\s*(\d+)</c>.</summary>
    [Theory, Trait("reported", "M33")]
    [InlineData(Vllm + "32000 output tokens and your prompt contains at least 3027 input tokens, for a total of at least 35027 tokens.", "3027 + 32000 > 32768")]
    [InlineData("You passed 3027 input tokens and requested 32000 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length of 768 tokens.", "3027 + 32000 > 32768")]
    [InlineData("'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 32768 tokens and your request has 3027 input tokens (32000 > 32768 - 3027). (parameter=max_tokens, value=32000)", "3027 + 32000 > 32768")]
    [InlineData(Vllm + "35027 tokens (3027 in the messages, 32000 in the completion). Please reduce the length of the messages or completion.", "3027 + 32000 > 32768")]
    [InlineData("This model's maximum context length is 1024 tokens, however you requested 1029 tokens (24 in your prompt; 1005 for the completion). Please reduce your prompt; or completion length.", "24 + 1005 > 1024")]
    [InlineData("Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 35027 tokens: 3027 tokens from the input messages and 32000 tokens for the completion. Please reduce …", "3027 + 32000 > 32768")]
    [InlineData("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 17 `inputs` tokens and 10000 `max_new_tokens`", "17 + 10000 > 4096")]
    public void Explain_CountedTokens_HasThemInAnthropicsWords(string message, string sum) =>
        Assert.Equal($"input length and `max_tokens` exceed context limit: {sum}{End}", AnthropicMessage(message));

    /// <summary>vLLM truncates the prompt to one token too much. The client then requests half of the tokens, with 1000 less.</summary>
    [Theory]
    [InlineData(Vllm + "32000 output tokens and your prompt contains at least 769 input tokens, for a total of at least 32769 tokens.", "15768 + 32000 > 32768", 16_000)]
    [InlineData(Vllm + "4000 output tokens and your prompt contains at least 28769 input tokens, for a total of at least 32769 tokens.", "29768 + 4000 > 32768", 2000)]
    [InlineData(Vllm + "1000 output tokens and your prompt contains at least 31769 input tokens, for a total of at least 32769 tokens.", "31769 + 1000 > 32768", -1)]
    [InlineData(Vllm + "32000 output tokens and your prompt contains 80000 characters (more than 6144 characters, which is the upper bound for 768 input tokens).", "15768 + 32000 > 32768", 16_000)]
    [InlineData("You passed 80000 input characters and requested 32000 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length of 768 tokens (at most 6144 characters).", "15768 + 32000 > 32768", 16_000)]
    [InlineData("max_tokens=128000 cannot be greater than max_model_len=max_total_tokens=32768. Please request fewer output tokens.", "15384 + 128000 > 32768", 16_384)]
    [InlineData("max_completion_tokens=128000cannot be greater than max_model_len=max_total_tokens=1500. Please request fewer output tokens.", "0 + 128000 > 1500", 500)]
    public void Explain_TokensThatWereNotCounted_HalvesThoseOfTheReply(string message, string sum, int next)
    {
        var explained = AnthropicMessage(message);

        Assert.Equal($"input length and `max_tokens` exceed context limit: {sum}{End}. The model server's message: {message}", explained);
        var numbers = sum.Split(' ');
        Assert.Equal(next < 0 ? 0 : next, Math.Max(0, int.Parse(numbers[4], null) - int.Parse(numbers[0], null) - 1000));
    }

    [Theory]
    [InlineData("The input (9012 tokens) is longer than the model's context length (1024 tokens).", "prompt is too long: 9012 tokens > 1024 maximum")]
    [InlineData("request (9012 tokens) exceeds the available context size (1024 tokens), try increasing it", "prompt is too long: 9012 tokens > 1024 maximum")]
    [InlineData("This model's maximum context length is 1024 tokens, however you requested 9006 tokens (9001 in your prompt; 5 for the completion).", "prompt is too long: 9001 tokens > 1024 maximum")]
    [InlineData("This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens. Please reduce the length of the input messages.", "prompt is too long: 40000 tokens > 32768 maximum")]
    [InlineData("This model's maximum context length is 1024 tokens. However, you requested 9012 tokens (9012 in the messages, None in the completion).", "prompt is too long: 9012 tokens > 1024 maximum")]
    [InlineData("Input validation error: `inputs` must have less than 1000 tokens. Given: 1529", "prompt is too long: 1529 tokens > 1000 maximum")]
    public void Explain_CountedPromptAlone_HasItsTokens(string message, string expected) =>
        Assert.Equal(expected, AnthropicMessage(message));

    /// <summary>LangChain looks for <c>prompt is too long</c>. Claude Code's expression must not find the numbers of the server.</summary>
    [Theory]
    [InlineData(Vllm + "0 output tokens and your prompt contains at least 32769 input tokens, for a total of at least 32769 tokens.")]
    [InlineData("This model's maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens, which exceeds this limit even without any output tokens.")]
    [InlineData("This model's maximum context length is 4096 tokens.")]
    [InlineData("The decoder prompt (length 8357) is longer than the maximum model length of 8192.")]
    [InlineData("Prompt too long: 41911 tokens exceeds max context window of 32768 tokens")]
    [InlineData("length of prompt_tokens (163280) must be less than max_seq_len (32768).")]
    public void Explain_PromptThatWasNotCounted_HasTheWordsWithoutNumbers(string message)
    {
        var explained = AnthropicMessage(message);

        Assert.Equal($"prompt is too long. The model server's message: {message}", explained);
        Assert.DoesNotMatch(@"prompt is too long[^0-9]*(\d+)\s*tokens?\s*>\s*(\d+)", explained);
    }

    [Theory]
    [InlineData("The prompt is too long.")]
    [InlineData("maximum context length is , requested  output tokens, at least")]
    [InlineData("This model's maximum context length is 99999999999999999999 tokens. However, you requested 5 output tokens and your prompt contains at least 5 input tokens")]
    [InlineData("prompt and max_tokens exceed the context window")]
    public void Explain_OtherMessage_Stays(string message) => Assert.Null(AnthropicMessage(message));

    /// <summary>LangChain and LiteLLM read the text and not the code.</summary>
    [Theory]
    [InlineData("The input (9012 tokens) is longer than the model's context length (1024 tokens).", true)]
    [InlineData("You passed 9012 input tokens and requested 5 output tokens. However, the model's context length is only 1024 tokens.", true)]
    [InlineData("Maximum context length is 5, the input is too long.", true)]
    [InlineData("This model's maximum context length is 1024 tokens.", false)]
    [InlineData("Requested token count exceeds the model's maximum context length of 1024 tokens.", true)]
    public void Explain_ForOpenAIsClients_HasTheWordsOfOpenAIOnce(string message, bool isExplained) =>
        Assert.Equal(
            isExplained ? $"{message} (context_length_exceeded: this model's maximum context length is exceeded)" : message,
            new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(message, status: 400)).ToError().Message);

    [Fact]
    public void Explain_MessageAtTheBound_StaysWithinIt()
    {
        var message = Vllm + "32000 output tokens and your prompt contains at least 769 input tokens." + new string('m', 1900);

        Assert.Null(AnthropicMessage(message));
    }

    private static string? AnthropicMessage(string message)
    {
        var error = new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(message, status: 400)).ToError();
        Assert.Equal("context_length_exceeded", error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal); // In the words of the server for the other APIs.
        return error.AnthropicMessage;
    }
}
