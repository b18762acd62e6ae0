using System.Text;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>
/// Requests with one fault: each is refused with an error in the form of its API that names the field, or the model server gets a request
/// that it can read. The variables are those of <see cref="Fuzz"/>; a case takes as long as 400 of the other targets.
/// </summary>
public sealed class DamagedRequestFuzzTests
{
    private const int Share = 400;

    // Everything that a model can have which changes the requests to its server.
    private const string Members = """
        ,"maxTokens":100,"maxChoices":2,"input":["text"],"prefill":true,"countTokens":true,"gather":false,"thinkingBudget":"budget"
        """;

    [Fact]
    public async Task Request_WithAFault_IsRefusedOrReadable()
    {
        await using var plain = await RequestFunction.StartAsync();
        await using var capped = await RequestFunction.StartAsync(Members, "--STORE=memory");
        await Fuzz.RunAsync("Damages", Share, async random =>
        {
            var api = random.Pick(RequestForms.Paths);
            var whole = random.OneIn(2)
                ? RareRequests.Read(api, random)
                : RequestForms.Write(api, new GeneratedConversation(random), random);
            var request = DamagedRequest.Create(whole, random);
            var isCapped = random.OneIn(2);
            var path = isCapped && random.OneIn(8) ? CountOf(api) : api;
            var (status, response, received) = await (isCapped ? capped : plain).SendAsync(path, request.Bytes);
            AssertIsRight(path, request, status, response, received);
        });
    }

    private static string CountOf(string api) => api switch
    {
        RequestForms.Messages => "/v1/messages/count_tokens",
        RequestForms.Responses => "/v1/responses/input_tokens",
        _ => api,
    };

    private static void AssertIsRight(string path, DamagedRequest request, int status, string response, byte[]? received)
    {
        try
        {
            if (received is null)
            {
                RequestError.Check(path, request, status, response);
                return;
            }

            Assert.Equal(200, status);
            if (path == RequestForms.Chat)
            {
                ReceivedBody.CheckChat(received);
            }
            else
            {
                ReceivedBody.Check(received);
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"{exception.Message}\n{path}: {request.Fault}\n{status} {response}\n{Encoding.UTF8.GetString(request.Bytes)}\n"
                + Encoding.UTF8.GetString(received ?? []), exception);
        }
    }
}
