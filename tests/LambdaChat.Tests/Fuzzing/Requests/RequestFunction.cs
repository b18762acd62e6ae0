using System.Text;
using System.Text.Json;
using LambdaChat.Models;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Tests.Hosting;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>The function with a model server that answers every request, and keeps the bodies that it gets.</summary>
internal sealed class RequestFunction : IAsyncDisposable
{
    private readonly InMemoryServer _server = new();
    private readonly ModelServer _model = new();
    private readonly WebApplication _app;

    private RequestFunction(string[] settings, Action<IServiceCollection> replace) => _app = Function.Create(
        [.. settings, "--OPEN_ACCESS=true", "--AWS_REGION=us-east-1"],
        builder => replace(builder.Services.AddSingleton<IServer>(_server).AddSingleton<IEndpointClient>(_model)
            .AddSingleton(_ => new LogOutput(Stream.Null))));

    /// <summary>Starts a function with the model <c>m</c>.</summary>
    /// <param name="members">Further members of the model's entry, each after a comma.</param>
    public static Task<RequestFunction> StartAsync(string members = "", params string[] settings) =>
        StartAsync(static _ => { }, members, settings);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    /// <param name="replace">Registers services that replace others.</param>
    public static async Task<RequestFunction> StartAsync(Action<IServiceCollection> replace, string members, params string[] settings)
    {
        var function = new RequestFunction(
            [$$"""--MODELS=[{"name":"m","endpoint":"e","servedName":"m"{{members}}}]""", .. settings], replace);
        await function._app.StartAsync(TestContext.Current.CancellationToken);
        return function;
    }

    /// <summary>Sends a request. Returns the response, and the body that the model server got; null if it got none.</summary>
    public async Task<(int Status, string Response, byte[]? Received)> SendAsync(string path, byte[] body)
    {
        _model.Received = null;
        var (status, response) = await _server.SendAsync("POST", path, body);
        return (status, response, _model.Received);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private sealed class ModelServer : IEndpointClient
    {
        public byte[]? Received { get; set; }

        public Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
        {
            Received = [.. call.Body.SelectMany(static piece => piece.ToArray())];
            var choices = string.Join(',', Enumerable.Range(0, ChoicesOf(Received)).Select(index => call.Mode == CallMode.Stream
                ? $$"""{"index":{{index}},"delta":{"role":"assistant","content":"ok"},"finish_reason":"stop"}"""
                : $$"""{"index":{{index}},"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}"""));
            var json = $$$"""{"id":"c","choices":[{{{choices}}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
            var reply = call.Mode == CallMode.Stream ? $"data: {json}\n\ndata: [DONE]\n\n" : json;
            return Task.FromResult(EndpointResponse.Of(
                new RawPayloadReader(new MemoryStream(Encoding.UTF8.GetBytes(reply))), connection: null));
        }

        private static int ChoicesOf(byte[] body)
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 300 });
            return json.RootElement.TryGetProperty("n", out var n) && n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out var count)
                ? Math.Clamp(count, 1, 128)
                : 1;
        }
    }
}
