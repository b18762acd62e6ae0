using LambdaChat.Http;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Http;

public sealed class PathAliasesTests
{
    public static TheoryData<string> Paths { get; } =
    [
        "/chat/completions", "/completions", "/messages", "/messages/count_tokens", "/embeddings", "/rerank", "/score", "/models", "/models/r1",
        "/models/deepseek-ai/R1",
        "/dashboard/billing/usage", "/dashboard/billing/subscription",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Canonical_Alias_IsThePathUnderV1(string path)
    {
        foreach (var prefix in new[] { "", "/v1", "/api/openai", "/api/openai/v1", "/api/deepseek", "/api/deepseek/v1", "/api/anthropic", "/API/OpenAI",
            "/v1/v1", "/V1", "/", "//v1", "/v1/", "/v1//v1/", "//api//openai/" })
        {
            Assert.Equal("/v1" + path, Canonical(prefix + path));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/health")]
    [InlineData("/v1/chat/completionsX")]
    [InlineData("/chat/completionsX")]
    [InlineData("/chat")]
    [InlineData("/modelsX/r1")]
    [InlineData("//")]
    [InlineData("//health")]
    [InlineData("/v1/models/a%2Fb")]
    [InlineData("/v2/chat/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/dashboard")]
    [InlineData("/api")]
    [InlineData("/api/openai")]
    [InlineData("/api/openai/health")]
    [InlineData("/api/openai/v1x/models")]
    [InlineData("/api/openai/chat/completionsX")]
    [InlineData("/api/openaiX/chat/completions")]
    [InlineData("/api/google/chat/completions")]
    [InlineData("/api/chat/completions")]
    [InlineData("/api/openai/api/deepseek/chat/completions")]
    [InlineData("/api/chat")]
    [InlineData("/api/chat/x/stream")]
    [InlineData("/ag-ui")]
    [InlineData("/ag-ui/deepseek-ai/R1")]
    [InlineData("/api/chatX//")]
    public void Canonical_OtherPath_IsUnchanged(string path) => Assert.Equal(path, Canonical(path));

    [Fact]
    public void Canonical_Casing_IsKeptBehindV1()
    {
        Assert.Equal("/v1/Chat/Completions", Canonical("/Chat/Completions"));
        Assert.Equal("/v1/models/Qwen3", Canonical("/api/openai/v1/models/Qwen3"));
        Assert.Equal("/v1/models/Qwen3", Canonical("/V1/models/Qwen3"));
    }

    [Theory]
    [InlineData("//api/chat", "/api/chat")]
    [InlineData("/api//chat//x/stream", "/api/chat/x/stream")]
    [InlineData("//ag-ui/", "/ag-ui/")]
    public void Canonical_FrontendPath_HasSingleSlashes(string path, string expected) => Assert.Equal(expected, Canonical(path));

    /// <summary>A request line has room for thousands, and needs no key.</summary>
    [Fact]
    public void Canonical_ManyVersions_CopiesThePathOnce()
    {
        var path = new PathString(string.Concat(Enumerable.Repeat("/v1", 2_700)) + "/models");
        var first = PathAliases.Canonical(path).Value;

        var before = GC.GetAllocatedBytesForCurrentThread();
        PathAliases.Canonical(path);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal("/v1/models", first);
        Assert.InRange(allocated, 0, 4 * 2 * path.Value!.Length);
    }

    private static string? Canonical(string path) => PathAliases.Canonical(new PathString(path)).Value;
}
