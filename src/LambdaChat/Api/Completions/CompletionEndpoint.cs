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
    RequestReader requests, RelayedCall relay, RelaySettings settings, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Completions);
        var (json, model) = (incoming.Json, incoming.Model);
        if (!json.Contains("prompt"))
        {
            throw new ErrorResponseException(FieldErrors.Missing("prompt", FieldTypes.Describe(FieldType.Prompt)));
        }

        var prompts = PromptItems.CountTexts(json, "prompt");
        var choices = UpstreamRequest.CountChoices(json);
        choices = CountChoices(prompts, Math.Min(choices, model.MaxChoices ?? choices));
        var lease = limiter?.Reserve(context, model, () => TokenEstimator.Of(json, model, ModelTasks.Completions));
        var isStreamed = json.Flag("stream");
        var forcesUsage = isStreamed && lease is { CountsTokens: true } && !StreamOptions.IncludesUsage(json);
        var body = UpstreamRequest.Create(json, model, ModelTasks.Completions, forcesUsage);
        var format = new OutputFormat(incoming.ModelName, OutputFormat.TextCompletion, $"cmpl-{context.TraceIdentifier}",
            timeProvider.GetUtcNow().ToUnixTimeSeconds())
        {
            MaxTokens = model.MaxTokens,
            ShowsErrors = model.ShowsErrors,
            HidesUsage = forcesUsage,
            Choices = choices,
            Prompts = prompts,
        };
        var call = new RelayRequest(model, isStreamed ? CallMode.Stream : CallMode.Plain, body, format)
        {
            Headers = incoming.Headers,
            Hint = RoutingHints.Create(incoming, conversation: null, start: null),
            Release = () => incoming.Release(body),
            ContinuedBody = isStreamed && choices == 1 ? ContinuedPrompt.Prepare(json, model, forcesUsage) : null,
        };
        IReplyWriter reply = isStreamed
            ? new SseReply(context.Response, format)
            : new AggregatedReply(context.Response, settings.WholeReplyHeartbeat, isChat: false);
        await relay.RunAsync(context, call, lease, reply);
    }

    // Each prompt of a list has its own choices.
    private static int CountChoices(int prompts, int choicesOfPrompt) =>
        (long)prompts * choicesOfPrompt <= RequestLimits.MaximumChoices
            ? prompts * choicesOfPrompt
            : throw new ErrorResponseException(FieldErrors.Invalid("prompt",
                $"a request with `n` {choicesOfPrompt} may have at most {RequestLimits.MaximumChoices / choicesOfPrompt} prompts"));
}
