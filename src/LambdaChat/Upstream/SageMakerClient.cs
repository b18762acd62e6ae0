using System.Collections.Concurrent;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Upstream;

/// <summary>
/// Calls an endpoint. Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html,
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html, and for the OpenAI route SageMaker's developer
/// guide, "Invoke endpoints with OpenAI-compatible APIs".
/// </summary>
internal sealed class SageMakerClient(HttpMessageInvoker http, ICredentialSource credentials, AssumedRoleCredentials roles, BearerTokens tokens, TimeProvider timeProvider)
{
    private const string TargetVariant = "X-Amzn-SageMaker-Target-Variant";

    private readonly ConcurrentDictionary<string, SigV4Signer> _signers = new();

    /// <summary>Sends a request and returns once SageMaker's head is there. The caller disposes the reply.</summary>
    /// <param name="body">JSON in pieces; must stay as it is until the reply is there.</param>
    /// <param name="headers">Further headers, in visible ASCII. The OpenAI route takes none.</param>
    public async Task<EndpointResponse> CallAsync(
        Target target, CallMode operation, IReadOnlyList<ReadOnlyMemory<byte>> body, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        try
        {
            using var request = await CreateRequestAsync(target, operation, body, headers, cancellationToken);
            var response = await http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                return EndpointResponse.Of(response, operation == CallMode.Stream ? new EventStreamPayloadReader(stream) : new RawPayloadReader(stream));
            }

            using (response)
            {
                return EndpointResponse.Failed(await SageMakerError.ReadAsync(response, cancellationToken));
            }
        }
        catch (CredentialsException exception)
        {
            return EndpointResponse.Failed(new ReplyFailure(KindOf(exception.Problem)) { Detail = exception.Detail });
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return EndpointResponse.Failed(new ReplyFailure(FailureKind.Unreachable) { Detail = Describe(exception) });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return EndpointResponse.Failed(new ReplyFailure(FailureKind.Unreachable) { Detail = "no connection in time" });
        }
    }

    /// <summary>
    /// Makes a connection that the first invocation finds ready: asks for a path that does not exist and takes any answer. A failure says
    /// nothing yet; the first invocation will.
    /// </summary>
    public async Task ConnectAsync(string region, CancellationToken cancellationToken)
    {
        try
        {
            var content = new SplicedContent([]);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(SageMakerEndpoint.Of(region), "/ping")) { Content = content };
            Sign(request, content.ComputeHash(), region, await credentials.GetAsync(cancellationToken));
            using var response = await http.SendAsync(request, cancellationToken);
            await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or CredentialsException)
        {
            // Not connected, then.
        }
    }

    private async ValueTask<HttpRequestMessage> CreateRequestAsync(
        Target target, CallMode operation, IReadOnlyList<ReadOnlyMemory<byte>> body, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var content = new SplicedContent(body);
        var uri = new Uri(SageMakerEndpoint.Of(target.Region), operation.PathOf(target));
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = content };
        var signing = await (target.RoleArn is { } role ? roles.GetAsync(role, target.Region, cancellationToken) : credentials.GetAsync(cancellationToken));
        if (operation == CallMode.OpenAI)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + tokens.Get(target.Region, signing, target.RoleArn));
            return request;
        }

        if (target.InferenceComponent is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Amzn-SageMaker-Inference-Component", target.InferenceComponent);
        }

        if (target.Variant is not null)
        {
            request.Headers.TryAddWithoutValidation(TargetVariant, target.Variant);
        }

        AddAll(request, headers, target);

        Sign(request, content.ComputeHash(), target.Region, signing);
        return request;
    }

    // The model's own variant stands above the client's.
    private static void AddAll(HttpRequestMessage request, IReadOnlyList<KeyValuePair<string, string>> headers, Target target)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (target.Variant is null || headers[i].Key != TargetVariant)
            {
                request.Headers.TryAddWithoutValidation(headers[i].Key, headers[i].Value);
            }
        }
    }

    private static FailureKind KindOf(CredentialsProblem problem) => problem switch
    {
        CredentialsProblem.RoleDenied => FailureKind.RoleDenied,
        CredentialsProblem.Unreachable => FailureKind.Unreachable,
        _ => FailureKind.NoCredentials,
    };

    // The kind of a fault and not its words, which may hold an address.
    private static string Describe(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http ? http.HttpRequestError.ToString() : exception.GetType().Name;

    private void Sign(HttpRequestMessage request, string payloadHash, string region, AwsCredentials signing)
    {
        var time = timeProvider.GetUtcNow();
        request.Headers.Host = request.RequestUri!.Authority;
        request.Headers.TryAddWithoutValidation("X-Amz-Date", SigV4Signer.FormatTime(time));
        request.Headers.TryAddWithoutValidation("X-Amz-Content-Sha256", payloadHash);
        if (signing.SessionToken is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", signing.SessionToken);
        }

        var signer = _signers.GetOrAdd(region, static region => new SigV4Signer(region, "sagemaker"));
        var authorization = signer.Sign("POST", request.RequestUri.AbsolutePath, SignedHeaders(request), payloadHash, signing, time);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }

    private static List<SignedHeader> SignedHeaders(HttpRequestMessage request)
    {
        var signed = new List<SignedHeader> { new("content-type", request.Content!.Headers.NonValidated["Content-Type"].ToString()) };
        foreach (var header in request.Headers.NonValidated)
        {
            signed.Add(new SignedHeader(header.Key.ToLowerInvariant(), header.Value.ToString()));
        }

        return signed;
    }
}
