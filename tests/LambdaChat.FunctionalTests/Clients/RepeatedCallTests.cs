using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Failures after which NuGet's OpenAI, which heeds the status only, must not call the model again.</summary>
public sealed class RepeatedCallTests(FunctionFixture function)
{
    [Theory]
    [InlineData("end")]
    [InlineData("done")]
    public async Task Reply_WithoutAFinishReason_IsNotRepeated(string fault)
    {
        var marker = Guid.NewGuid().ToString();
        var client = new ChatClient(
            FunctionFixture.Model, new ApiKeyCredential(FunctionFixture.Key),
            new OpenAIClientOptions { Endpoint = new Uri(function.Client.BaseAddress!, "v1") });
        var question = $$"""{"stand_in":{"fault":{"kind":"{{fault}}","after":2} },"m":"{{marker}}"}""";

        var exception = await Assert.ThrowsAsync<ClientResultException>(
            () => client.CompleteChatAsync([new UserChatMessage(question)], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(424, exception.Status);
        Assert.Single(function.Emulator.Calls, call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
    }
}
