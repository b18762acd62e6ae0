using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;

namespace LambdaChat.Api.Completions;

/// <summary><c>POST /v1/completions</c>. Source: https://platform.openai.com/docs/api-reference/completions/create</summary>
internal sealed class CompletionEndpoint(
    RequestReader requests, RelayedCall relay, PassThroughCall passThrough, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    private const int MaximumChoices = 128; // Of a reply.

    public async Task HandleAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Completions);
        var (json, model) = (incoming.Json, incoming.Model);
        if (!json.Contains("prompt"))
        {
            throw new InvalidRequestException("prompt", "is required: a string or an array");
        }

        var choices = (int)(json.Number("n", 1, MaximumChoices) ?? 1);
        choices = CountChoices(json, Math.Min(choices, model.MaxChoices ?? choices));
        var lease = limiter?.Reserve(context, model, () => TokenEstimator.Of(json, model, ModelTasks.Completions));
        var isStreamed = json.Flag("stream");
        var forcesUsage = isStreamed && lease is { CountsTokens: true } && !StreamOptions.IncludesUsage(json);
        var body = UpstreamRequest.Create(json, model, ModelTasks.Completions, forcesUsage);
        if (!isStreamed)
        {
            await passThrough.RunAsync(context, incoming, ModelTasks.Completions, body, lease);
            return;
        }

        var format = new OutputFormat(incoming.ModelName, OutputFormat.TextCompletion, $"cmpl-{context.TraceIdentifier}",
            timeProvider.GetUtcNow().ToUnixTimeSeconds())
        {
            MaxTokens = model.MaxTokens,
            ShowsErrors = model.ShowsErrors,
            HidesUsage = forcesUsage,
            Choices = choices,
        };
        await relay.RunAsync(context, new RelayRequest(model, CallMode.Stream, body, format) { Headers = incoming.Headers }, lease,
            new SseReply(context.Response, format));
    }

    // Each prompt of a list has choices of its own.
    private static int CountChoices(RequestJson json, int choicesOfPrompt)
    {
        var prompts = CountPrompts(json);
        return (long)prompts * choicesOfPrompt <= MaximumChoices || !json.Flag("stream")
            ? prompts * choicesOfPrompt
            : throw new InvalidRequestException(
                "prompt",
                    $"must have at most {MaximumChoices / choicesOfPrompt} elements in a streaming request with `n` {choicesOfPrompt}");
    }

    // A list of numbers is one prompt, as tokens.
    private static int CountPrompts(RequestJson json)
    {
        if (json.Find("prompt") is not { Type: JsonTokenType.StartArray } prompt)
        {
            return 1;
        }

        var count = 0;
        var reader = new Utf8JsonReader(json.Value(prompt), new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray)
        {
            count++;
            reader.Skip();
        }

        return Math.Max(count, 1);
    }
}
