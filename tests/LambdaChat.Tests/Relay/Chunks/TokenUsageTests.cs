using System.Text;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class TokenUsageTests
{
    [Theory]
    [InlineData("{}", 0, 0)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":11,"total_tokens":16}""", 5, 11)]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":11,"prompt_tokens_details":{"cached_tokens":-1}}""", 0, 11)]
    [InlineData("""{"prompt_tokens":2147483647,"completion_tokens":0}""", int.MaxValue, 0)]
    [InlineData("""{"prompt_tokens":2147483647,"prompt_tokens":2147483647}""", int.MaxValue, 0)]
    public void Read_Usage_HasItsNumbers(string json, long prompt, long completion) =>
        Assert.Equal(new TokenUsage(prompt, completion), TokenUsage.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"prompt_tokens":5,"prompt_tokens_details":{"audio_tokens":1,"cached_tokens":4,"x":[{}]},"completion_tokens":1}""", 4L)]
    [InlineData("""{"prompt_tokens_details":{"cached_tokens":0},"prompt_tokens":5,"completion_tokens":1}""", 0L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"cached_tokens":3}""", 3L)]
    [InlineData("""{"prompt_cache_hit_tokens":3,"prompt_cache_miss_tokens":2,"prompt_tokens":5,"completion_tokens":1}""", 3L)]
    [InlineData("""{"cached_tokens":3,"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4}}""", 4L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"cached_tokens":"3","prompt_tokens_details":null}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":null}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":[{"cached_tokens":4}]}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":"4"}}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":6}}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-1}}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-1},"cached_tokens":3}""", 3L)]
    public void Read_Details_HaveTheCachedTokens(string json, long? cached) =>
        Assert.Equal(new TokenUsage(5, 1) { Cached = cached }, TokenUsage.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"completion_tokens_details":{"x":[{}],"reasoning_tokens":1}}""", 1L)]
    [InlineData("""{"completion_tokens_details":{"reasoning_tokens":7},"prompt_tokens":5,"completion_tokens":1}""", 7L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"completion_tokens_details":{"reasoning_tokens":-1}}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"completion_tokens_details":null,"reasoning_tokens":1}""", 1L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"reasoning_tokens":1,"completion_tokens_details":null}""", 1L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"reasoning_tokens":1,"completion_tokens_details":{"reasoning_tokens":0}}""", 0L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"completion_tokens_details":{"reasoning_tokens":0},"reasoning_tokens":1}""", 0L)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"reasoning_tokens":0}""", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":1,"reasoning_tokens":"1"}""", null)]
    public void Read_Details_HaveTheTokensOfTheThinking(string json, long? reasoning) =>
        Assert.Equal(new TokenUsage(5, 1) { Reasoning = reasoning }, TokenUsage.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"total_tokens":7}""", 7)] // Jina's servers.
    [InlineData("""{"total_tokens":7,"prompt_tokens":0}""", 7)]
    [InlineData("""{"prompt_tokens":5,"total_tokens":7}""", 5)]
    [InlineData("""{"total_tokens":-7}""", 0)]
    [InlineData("{}", 0)]
    public void ReadPooling_TotalOnly_IsThePrompt(string json, long prompt) =>
        Assert.Equal(new TokenUsage(prompt, 0), TokenUsage.ReadPooling(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":1}""")]
    [InlineData("""{"prompt_tokens":-1000000000,"completion_tokens":1}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2147483648}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":9223372036854775807}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":1e30}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":0.5}""")]
    public void Read_NumberOutOfRange_IsNull(string json) => Assert.Null(TokenUsage.Read(Encoding.UTF8.GetBytes(json)));
}
