using System.Net;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>Requests to environments that still work after their last responses. Lambda throttles such requests.</summary>
internal static class Throttling
{
    // Polling without a pause would take the processor from the processes under test.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    /// <summary>Sends a request until Lambda does not throttle it. Only responses of the function have a request id.</summary>
    public static async Task<HttpResponseMessage> SendUnthrottledAsync(
        this HttpClient client, Func<HttpRequestMessage> create, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var message = create();
            var response = await client.SendAsync(message, completion, cancellationToken);
            if (response.StatusCode != HttpStatusCode.TooManyRequests || response.Headers.Contains("x-request-id"))
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(Pace, cancellationToken);
        }
    }
}
