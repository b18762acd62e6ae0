using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker;

/// <summary>An OpenAI-compatible server as the container: vLLM, llama.cpp, Ollama. Its bytes are returned unchanged.</summary>
/// <param name="key">Bearer token; null for none.</param>
/// <param name="log">Receives connection errors and wrong paths, since the client does not see the address of the server.</param>
internal sealed class OpenAIServer(Uri baseAddress, string? key, HttpClient http, Action<string> log) : IModelServer
{
    public string Description => baseAddress.ToString();

    public async Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        request.Root.Remove("stand_in");
        var url = UrlOf(request.Kind);
        using var message = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(request.Root.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        message.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        try
        {
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                log($"The model server answered 404 to POST {url}. {PathAdvice(baseAddress)}".TrimEnd());
            }

            var contentType = response.Content.Headers.ContentType?.ToString() ?? "application/json";
            return new ContainerReply((int)response.StatusCode, contentType, ReadAsync(response, cancellationToken));
        }
        catch (HttpRequestException exception)
        {
            log($"The model server {baseAddress} is unreachable: {exception.Message}");
            throw new ContainerConnectionException(exception);
        }
    }

    /// <summary>What to change after a 404: the address, unless it ends with a version. Null for no advice.</summary>
    public static string? PathAdvice(Uri server) => server.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal)
        ? null
        : $"The address of most model servers ends with /v1: --openai {server.ToString().TrimEnd('/')}/v1.";

    // The routes of vLLM's API server. Its /invocations, which SageMaker calls, selects the task by the members of the body.
    private Uri UrlOf(BodyKind kind) => new(baseAddress.ToString().TrimEnd('/') + kind switch
    {
        BodyKind.Completion => "/completions",
        BodyKind.Embedding => "/embeddings",
        BodyKind.Rerank => "/rerank",
        BodyKind.Score => "/score",
        _ => "/chat/completions",
    });

    private async IAsyncEnumerable<byte[]> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = await ReadAsync(body, buffer, cancellationToken)) > 0)
            {
                yield return buffer[..count];
            }
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            log($"The connection to the model server {baseAddress} was lost before its response was complete: {exception.Message}");
            throw new ContainerConnectionException(exception);
        }
    }
}
