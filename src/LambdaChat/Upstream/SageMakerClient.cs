using System.Collections.Concurrent;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Upstream;

/// <summary>
/// Calls SageMaker endpoints. Sources:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html,
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html, and for the OpenAI route SageMaker's
/// developer guide, "Invoke endpoints with OpenAI-compatible APIs".
/// </summary>
internal sealed class SageMakerClient(
    HttpMessageInvoker http, ICredentialSource credentials, AssumedRoleCredentials roles, BearerTokens tokens, TimeProvider timeProvider)
        : IEndpointClient
{
    private const string TargetVariant = "X-Amzn-SageMaker-Target-Variant";

    private readonly ConcurrentDictionary<string, SigV4Signer> _signers = new();
    private readonly ConcurrentDictionary<string, Uri> _addresses = new(); // At most one for each target and API.

    public async Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
    {
        try
        {
            using var request = await CreateRequestAsync(target, call, cancellationToken);
            var response = await http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                request.Headers.Clear(); // The connection keeps the request until the response ends.
                var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                return EndpointResponse.Of(call.Mode == CallMode.Stream
                    ? new EventStreamPayloadReader(stream)
                    : new RawPayloadReader(stream), response, stream);
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
            return EndpointResponse.Failed(new ReplyFailure(FailureKind.Unreachable) { Detail = "connection timeout" });
        }
    }

    /// <summary>
    /// Opens a connection for the first call: requests a path that does not exist and ignores the response. A failure is ignored; the first
    /// call reports it.
    /// </summary>
    public async Task ConnectAsync(string region, CancellationToken cancellationToken)
    {
        try
        {
            var content = new SplicedContent([]);
            using var request = new HttpRequestMessage(HttpMethod.Post, SageMakerEndpoint.Of(region, "/ping")) { Content = content };
            Sign(request, content.ComputeHash(), region, await credentials.GetAsync(cancellationToken));
            using var response = await http.SendAsync(request, cancellationToken);
            await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException
            or CredentialsException)
        {
            // The first call opens the connection.
        }
    }

    private async ValueTask<HttpRequestMessage> CreateRequestAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
    {
        var content = new SplicedContent(call.Body) { BodyHint = call.Mode == CallMode.OpenAI ? call.Hint : null };
        var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(target.Region, call.Mode.PathOf(target))) { Content = content };
        var signing = await (target.RoleArn is { } role
            ? roles.GetAsync(role, target.Region, cancellationToken)
            : credentials.GetAsync(cancellationToken));
        if (call.Mode == CallMode.OpenAI)
        {
            Add(request, "Authorization", "Bearer " + tokens.Get(target.Region, signing, target.RoleArn));
            return request;
        }

        Add(request, "X-Amzn-SageMaker-Inference-Component", target.InferenceComponent);
        Add(request, TargetVariant, target.Variant);
        for (var i = 0; i < call.Headers.Count; i++)
        {
            var (name, value) = call.Headers[i];
            // The model's variant overrides the client's.
            Add(request, name, name == TargetVariant && target.Variant is not null ? null : value);
        }

        Sign(request, content.ComputeHash(), target.Region, signing);
        if (call.Hint is not null && !request.Headers.NonValidated.Contains(ForwardedHeader.PrefixAwareId))
        {
            content.HeaderHint = call.Hint; // Not signed: AWS requires it only for headers that start with X-Amz-.
            Add(request, ForwardedHeader.PrefixAwareId, HintEncoding.Placeholder);
        }

        return request;
    }

    private Uri AddressOf(string region, string path)
    {
        var key = region + path;
        if (!_addresses.TryGetValue(key, out var address))
        {
            _addresses[key] = address = SageMakerEndpoint.Of(region, path);
        }

        return address;
    }

    private static FailureKind KindOf(CredentialsProblem problem) => problem switch
    {
        CredentialsProblem.RoleDenied => FailureKind.RoleDenied,
        CredentialsProblem.Unreachable => FailureKind.Unreachable,
        _ => FailureKind.NoCredentials,
    };

    // The exception's message is omitted, because it may contain an address.
    private static string Describe(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http
            ? http.HttpRequestError.ToString()
            : exception.GetType().Name;

    private void Sign(HttpRequestMessage request, string payloadHash, string region, AwsCredentials signing)
    {
        var time = timeProvider.GetUtcNow();
        request.Headers.Host = request.RequestUri!.Authority;
        Add(request, "X-Amz-Date", SigV4Signer.FormatTime(time));
        Add(request, "X-Amz-Content-Sha256", payloadHash);
        Add(request, "X-Amz-Security-Token", signing.SessionToken);
        var signer = _signers.GetOrAdd(region, static region => new SigV4Signer(region, "sagemaker"));
        Add(request, "Authorization",
            signer.Sign("POST", request.RequestUri.AbsolutePath, SignedHeaders(request), payloadHash, signing, time));
    }

    private static void Add(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
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
