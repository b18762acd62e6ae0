using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Support;

/// <summary>Sends the requests for SageMaker to another address.</summary>
internal sealed class LoopbackSageMaker(HttpMessageInvoker http, Uri address) : HttpMessageHandler
{
    public static SageMakerClient CreateClient(HttpMessageInvoker http, Uri address)
    {
        var credentials = new EnvironmentCredentials(new AwsCredentials("id", "secret", "token"));
        return new SageMakerClient(new HttpMessageInvoker(new LoopbackSageMaker(http, address)), credentials,
            new AssumedRoleCredentials(credentials, TimeProvider.System), new BearerTokens(TimeProvider.System), TimeProvider.System);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = SageMakerEndpoint.Append(address, request.RequestUri!.AbsolutePath);
        return http.SendAsync(request, cancellationToken);
    }
}
