using Amazon.Runtime;

namespace LambdaChat.Aws.Sdk;

/// <summary>
/// Creates the HTTP clients of the AWS SDK's clients. A response is received completely before the SDK sees it, because the SDK reads
/// bodies synchronously. On Lambda the SDK runs on the thread that polls the sockets, where a synchronous read of an incomplete body never
/// ends.
/// </summary>
/// <remarks>The connections belong to the SDK's client and are closed with it.</remarks>
internal sealed class BufferingClientFactory : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null };
        var client = new HttpClient(new BufferingHandler { InnerHandler = sockets });
        if (clientConfig.Timeout is { } timeout)
        {
            client.Timeout = timeout;
        }

        return client;
    }

    private sealed class BufferingHandler : DelegatingHandler
    {
        // In bytes. DynamoDB returns at most 1 MB of items at once, whose JSON can be longer.
        private const long MaximumLength = 16 * 1024 * 1024;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(MaximumLength, cancellationToken);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }
}
