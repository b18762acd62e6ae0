using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Requests;

public sealed class IncomingRequestTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>The characters of JSON inside a string are no tokens: a prompt may be a CSV file or a JSON document.</summary>
    [Fact]
    public async Task ParseDocument_TextFullOfPunctuation_NeedsNoMoreMemoryThanOtherText()
    {
        using var request = await ReadAsync($"\"{string.Concat(Enumerable.Repeat("{[,:", 250_000))}\"");
        using var document = request.ParseDocument();

        Assert.Equal(1_000_000, document.RootElement.GetProperty("input").GetString()!.Length);
    }

    [Fact]
    public async Task ParseDocument_MoreTokensThanTheMemoryHolds_IsTooLarge()
    {
        using var request = await ReadAsync($"[{string.Join(',', Enumerable.Repeat("1", 500_000))}]");

        Assert.Equal(413, Assert.Throws<ErrorResponseException>(request.ParseDocument).Error.Status);
    }

    private Task<IncomingRequest> ReadAsync(string input)
    {
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "") { Tasks = ModelTasks.Embeddings };
        var reader = new RequestReader(
            new ModelCatalog([model]), RequestLimits.Default, new MemoryBudget(capacity: 10_000_000, _time), _time);
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"model":"r1","input":{{input}}}"""));
        return reader.ReadAsync(context, ModelTasks.Embeddings);
    }
}
