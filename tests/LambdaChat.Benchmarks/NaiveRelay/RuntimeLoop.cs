using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NaiveRelay;

internal sealed class RuntimeLoop(HttpClient http, SageMaker sageMaker) : BackgroundService
{
    private readonly string _base = $"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var next = await http.GetAsync(_base + "next", stoppingToken);
            var id = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").First();
            using var payload = JsonDocument.Parse(await next.Content.ReadAsStringAsync(stoppingToken));
            var request = JsonNode.Parse(payload.RootElement.GetProperty("body").GetString()!)!;
            request["model"] = "";

            using var response = new HttpRequestMessage(HttpMethod.Post,
                $"{_base}{id}/response")
            { Content = new StreamedContent(sageMaker, request.ToJsonString()) };
            response.Headers.TransferEncodingChunked = true;
            response.Headers.Add("Lambda-Runtime-Function-Response-Mode", "streaming");
            using var accepted = await http.SendAsync(response, stoppingToken);
        }
    }

    private sealed class StreamedContent : HttpContent
    {
        private readonly SageMaker _sageMaker;
        private readonly string _request;

        public StreamedContent(SageMaker sageMaker, string request)
        {
            _sageMaker = sageMaker;
            _request = request;
            Headers.Add("Content-Type", "application/vnd.awslambda.http-integration-response");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var before = GC.GetTotalAllocatedBytes();
            await stream.WriteAsync(
                "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/event-stream\"}}\0\0\0\0\0\0\0\0"u8.ToArray());
            await foreach (var data in _sageMaker.StreamAsync(_request))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));
                await stream.FlushAsync();
            }

            Console.WriteLine($"{{\"allocated\":{GC.GetTotalAllocatedBytes() - before}}}");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
