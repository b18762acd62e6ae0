using System.Collections.Concurrent;
using System.Net.Http.Headers;
using LambdaChat.Errors;
using LambdaChat.Models;

namespace LambdaChat.SageMaker;

/// <summary>
/// Calls <c>InvokeEndpointWithResponseStream</c>.
/// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
/// </summary>
internal sealed class SageMakerClient(HttpMessageInvoker http, ICredentialSource credentials, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, SigV4Signer> _signers = new();

    /// <summary>Sends a request and returns once SageMaker's head is there. The caller disposes the reply.</summary>
    /// <param name="body">JSON in pieces; must stay as it is until the reply is there.</param>
    public async Task<InvocationReply> InvokeAsync(Model model, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = await CreateRequestAsync(model, body, cancellationToken);
            var response = await http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return InvocationReply.Of(response, await response.Content.ReadAsStreamAsync(cancellationToken));
            }

            using (response)
            {
                return InvocationReply.Failed(await SageMakerError.ReadAsync(response, cancellationToken));
            }
        }
        catch (CredentialsException)
        {
            return InvocationReply.Failed(new RelayFailure(RelayError.AccessDenied));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return InvocationReply.Failed(new RelayFailure(RelayError.Unreachable));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return InvocationReply.Failed(new RelayFailure(RelayError.Unreachable)); // The time to connect was over.
        }
    }

    private async ValueTask<HttpRequestMessage> CreateRequestAsync(
        Model model, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancellationToken)
    {
        var content = new SplicedContent(body);
        var uri = new Uri(SageMakerHost.Of(model.Region), $"/endpoints/{model.Endpoint}/invocations-response-stream");
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = content };
        if (model.InferenceComponent is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Amzn-SageMaker-Inference-Component", model.InferenceComponent);
        }

        if (model.Variant is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Amzn-SageMaker-Target-Variant", model.Variant);
        }

        Sign(request, content.ComputeHash(), model.Region, await credentials.GetAsync(cancellationToken));
        return request;
    }

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

    private static IEnumerable<KeyValuePair<string, string>> SignedHeaders(HttpRequestMessage request) =>
        ((IEnumerable<HttpHeaders>)[request.Headers, request.Content!.Headers])
            .SelectMany(headers => headers.NonValidated)
            .Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value.ToString()))
            .Where(header => header.Key != "content-length");
}
