namespace LambdaChat.Models;

/// <summary>One validated model of the catalog, from its entry in <c>MODELS</c>.</summary>
/// <param name="Name">The public name that clients send as <c>model</c>.</param>
/// <param name="Targets">Where the model runs, in the order in which targets are tried; at least one.</param>
/// <param name="ServedName">The model server's own name for the model; empty if the server accepts any.</param>
internal sealed record Model(string Name, IReadOnlyList<Target> Targets, string ServedName)
{
    /// <summary>Qwen's templates and others name the argument <c>enable_thinking</c>, DeepSeek's <c>thinking</c>.</summary>
    public static readonly string[] AllThinkingArguments = ["enable_thinking", "thinking"];

    /// <summary>True if a target continues a reply that broke off.</summary>
    public bool CanContinue { get; } = Targets.Any(target => target.Continuation.Mode != ContinuationMode.Off);

    /// <summary>Other names that clients may send.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>True for the model that serves requests without a <c>model</c>.</summary>
    public bool IsDefault { get; init; }

    public ModelTasks Tasks { get; init; } = ModelTasks.Chat;

    /// <summary>True if the model accepts images.</summary>
    public bool Images { get; init; }

    /// <summary>True if the configuration says that the model accepts texts only. Images in requests are replaced by a text.</summary>
    public bool IsTextOnly { get; init; }

    public Transport Transport { get; init; }

    public RecordFraming Framing { get; init; }

    /// <summary>True to build a non-streaming reply from a streaming call; false to make a non-streaming call.</summary>
    public bool Gather { get; init; } = true;

    /// <summary>True if <c>[DONE]</c> ends a reply that has no finish reason.</summary>
    public bool MayEndWithDone { get; init; }

    /// <summary>True to request token usage from the model even if the client does not.</summary>
    public bool Usage { get; init; }

    /// <summary>
    /// True to request the usage with each chunk for the Messages API, because its first event contains the number of input tokens.
    /// </summary>
    public bool ContinuousUsage { get; init; } = true;

    /// <summary>True if a call of one output token counts the tokens of a request of the Messages API.</summary>
    public bool CountTokens { get; init; }

    /// <summary>True if the model server continues an assistant message that ends a request of the Messages API.</summary>
    public bool Prefill { get; init; }

    /// <summary>
    /// The member of a chat completion request that limits the tokens of the reasoning; null if the model server has none.
    /// </summary>
    public string? ThinkingBudget { get; init; }

    /// <summary>
    /// The arguments of the chat template that switch the thinking on and off; none for a model server that refuses such arguments.
    /// </summary>
    public IReadOnlyList<string> ThinkingArguments { get; init; } = AllThinkingArguments;

    /// <summary>
    /// The highest reasoning effort that the model server knows. The Messages API and the Responses API send a higher one as this one.
    /// </summary>
    public ReasoningEffort MaxEffort { get; init; } = ReasoningEffort.High;

    /// <summary>How clients receive the reasoning; null if the configuration does not say that the model reasons.</summary>
    public ReasoningOutput? Reasoning { get; init; }

    /// <summary>True if the Responses API shows the reasoning as <c>reasoning_text</c>; false for a summary.</summary>
    public bool ReasoningText { get; init; }

    public ThinkMode Think { get; init; }

    public ReasoningHistory History { get; init; }

    /// <summary>True to send each line of the reasoning as a paragraph, so that NextChat quotes lists, too.</summary>
    public bool ThinkingParagraphs { get; init; }

    /// <summary>True to remove the reasoning that NextChat quotes in earlier assistant messages.</summary>
    public bool StripQuotes { get; init; }

    /// <summary>The maximum number of tokens of a reply; null for no limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The maximum number of choices of a reply; null for no limit.</summary>
    public int? MaxChoices { get; init; }

    /// <summary>How long a call waits for an endpoint that is scaled to zero. Zero fails at once.</summary>
    public TimeSpan ColdTimeout { get; init; }

    /// <summary>The maximum duration of a reply, from the request on; null for only the limits of Lambda and SageMaker.</summary>
    public TimeSpan? TotalTimeout { get; init; }

    /// <summary>The maximum silence of the model; null for the default: no limit before the first record, and 60 s after it.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>False to report a failure inside a stream without a text that users see.</summary>
    public bool ShowsErrors { get; init; } = true;

    /// <summary>The headers that clients may send to SageMaker.</summary>
    public IReadOnlyList<ForwardedHeader> ForwardHeaders { get; init; } = [];

    /// <summary>
    /// True to forward the request's <c>traceparent</c> to the container inside the custom attributes. SageMaker removes the header itself.
    /// </summary>
    public bool ForwardTrace { get; init; }

    /// <summary>The routing hint that SageMaker gets with each call.</summary>
    public PrefixAwareId PrefixAwareId { get; init; }

    /// <summary>
    /// True if the model's chat template knows the role <c>developer</c>. Otherwise such messages are sent as one <c>system</c> message.
    /// </summary>
    public bool DeveloperRole { get; init; }

    /// <summary>The maximum number of tokens of prompt and reply together, shown to clients; null if not configured.</summary>
    public int? ContextLength { get; init; }

    /// <summary>The prices of tokens; null if not configured.</summary>
    public ModelPrices? Prices { get; init; }

    /// <summary>The <see cref="RestrictedFields"/> that clients may send.</summary>
    public IReadOnlyList<string> AllowedFields { get; init; } = [];

    /// <summary>Members that are added to requests that lack them: the name, and the value as compact JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Defaults { get; init; } = [];
}

/// <summary>The prices of a model's tokens, in the currency of the configured cost limits.</summary>
/// <param name="Input">Per million prompt tokens.</param>
/// <param name="Output">Per million completion tokens.</param>
internal sealed record ModelPrices(decimal Input, decimal Output);

/// <summary>How a chat request reaches the endpoint.</summary>
internal enum Transport
{
    /// <summary><c>InvokeEndpointWithResponseStream</c>, which works in every region and with every container.</summary>
    EventStream,

    /// <summary>SageMaker's OpenAI route, which sends plain server-sent events. Not available in every region.</summary>
    OpenAI,
}
