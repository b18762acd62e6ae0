using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Local.SageMaker.Signing;
using LambdaChat.Models;
using LambdaChat.Streaming.Sse;
using LambdaChat.Upstream;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// The age of a token when the client receives it. The emulator writes the time into the token, and both read the same clock.
/// </summary>
internal static class Ages
{
    /// <summary>Adds the age of an event's token in milliseconds, if the event has one.</summary>
    public static void Add(List<double> ages, string data)
    {
        var now = Stopwatch.GetTimestamp();
        if (data != "[DONE]"
            && long.TryParse((string?)JsonNode.Parse(data)!["choices"]?[0]?["delta"]?["content"], CultureInfo.InvariantCulture,
                out var written))
        {
            ages.Add(Stopwatch.GetElapsedTime(written, now).TotalMilliseconds);
        }
    }

    public static double Percentile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }

    /// <summary>The ages without a relay: this process reads SageMaker's event stream itself.</summary>
    /// <param name="pace">The time between two tokens, in ms.</param>
    public static async Task<List<double>> MeasureDirectAsync(Uri sageMaker, int tokens, int pace)
    {
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", sageMaker.ToString());
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var standIn = EmulatorCredentials.Default;
        var credentials = new EnvironmentCredentials(
            new AwsCredentials(standIn.AccessKeyId, standIn.SecretAccessKey, standIn.SessionToken));
        var client = new SageMakerClient(http, credentials, new AssumedRoleCredentials(credentials, TimeProvider.System),
            new BearerTokens(TimeProvider.System), TimeProvider.System);
        var body = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"stream":true,"messages":[],"stand_in":{"tokens":{{tokens}},"stamp":true,"pace_ms":{{pace}}} }""");
        var model = new Model("r1", [new Target("demo", InferenceComponent: null, Variant: null, "us-east-1")], "");
        using var reply = await client.CallAsync(model.Targets[0], new EndpointCall(CallMode.Stream, [body], Headers: []),
            CancellationToken.None);
        var payloads = reply.Payloads;
        using var reassembler = new SseReassembler();
        var ages = new List<double>();
        while (await payloads.ReadAsync(CancellationToken.None))
        {
            Take(payloads, reassembler, ages);
        }

        return ages;
    }

    private static void Take(IPayloadReader payloads, SseReassembler reassembler, List<double> ages)
    {
        while (payloads.TryRead(out var payload))
        {
            while (reassembler.TryRead(ref payload, out var sseEvent))
            {
                Add(ages, System.Text.Encoding.UTF8.GetString(sseEvent.Data));
            }
        }
    }
}
