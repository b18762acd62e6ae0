namespace LambdaChat.FunctionalTests.Apis;

/// <summary>A request whose only message scripts the model.</summary>
/// <param name="Text">The text of the message.</param>
internal sealed record ApiRequest(HttpClient Client, string Text, string Model, bool IsStreamed, CancellationToken CancellationToken)
{
    /// <summary>True for a request with the tools <c>get_weather</c> and <c>get_time</c>.</summary>
    public bool HasTools { get; init; }

    /// <summary>Called at the first event and at each text of a stream.</summary>
    public Action OnText { get; init; } = static () => { };
}
