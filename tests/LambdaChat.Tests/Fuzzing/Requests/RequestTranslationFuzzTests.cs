using System.Text;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>
/// Conversations that were made up, as the clients of each API send them: the model server gets a request that it accepts, and that says
/// the same whatever the API was. The variables are those of <see cref="Fuzz"/>; a case takes as long as 800 of the other targets.
/// </summary>
public sealed class RequestTranslationFuzzTests
{
    private const int Share = 800;

    [Fact]
    public async Task Request_OfAnyApi_SaysTheSame()
    {
        await using var function = await RequestFunction.StartAsync();
        await Fuzz.RunAsync("Translations", Share, async random =>
        {
            var conversation = new GeneratedConversation(random);
            foreach (var api in RequestForms.Paths)
            {
                var request = RequestForms.ToBytes(RequestForms.Write(api, conversation, random), random);
                var (status, response, received) = await function.SendAsync(api, request);
                AssertIsTranslated(api, conversation, request, status, response, received);
            }
        });
    }

    private static void AssertIsTranslated(
        string api, GeneratedConversation conversation, byte[] request, int status, string response, byte[]? received)
    {
        try
        {
            Assert.True(status == 200 && received is not null, $"{status} {response}");
            Assert.Equal(ExpectedMeaning.Of(conversation, api), ReceivedBody.Read(received, isTranslated: api != RequestForms.Chat));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"{exception.Message}\n{api}\n{Encoding.UTF8.GetString(request)}\n{Encoding.UTF8.GetString(received ?? [])}", exception);
        }
    }
}
