using LambdaChat.Kestrel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace LambdaChat.Tests.Authentication;

/// <summary>Checks every endpoint of the application.</summary>
public sealed class AnonymousEndpointTests
{
    private static readonly string[] Args =
    [
        "--MODELS=[{\"name\":\"r1\",\"endpoint\":\"demo\",\"region\":\"us-east-1\"}]",
        "--API_KEYS=a=ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ];

    [Fact]
    public async Task Endpoints_WithoutKey_AreThePageAndHealth()
    {
        await using var app = Function.Create(Args, builder => builder.AddKestrelServer());

        var endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();

        Assert.Contains(endpoints, endpoint => endpoint.RoutePattern.RawText == "/v1/chat/completions");
        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Equal(["/", "/assets/{name}", "/health", "/healthz", "/sw.js", "/vendor/{**name}"], open.Order(StringComparer.Ordinal));
    }
}
