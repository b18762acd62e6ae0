using LambdaChat.Kestrel;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Tests.Docs;

/// <summary>The registrations that the page on AWS's packages describes have an effect.</summary>
public sealed class AwsPackagesPageTests
{
    [Fact]
    public async Task EndpointClient_RegisteredWithTheServer_ReplacesSageMakerClient()
    {
        var client = new ScriptedEndpoints(_ => null);

        await using var app = Function.Create(
            ["""--MODELS=[{"name":"m","endpoint":"e"}]""", "--OPEN_ACCESS=true", "--AWS_REGION=us-east-1"],
            builder =>
            {
                builder.AddKestrelServer();
                builder.Services.AddSingleton<IEndpointClient>(client);
            });

        Assert.Same(client, app.Services.GetRequiredService<IEndpointClient>());
    }
}
