namespace LambdaChat.Models;

/// <summary>One model of the catalogue, checked.</summary>
/// <param name="Name">The public name that clients ask for.</param>
/// <param name="Targets">Where it runs, in the order in which they are asked; at least one.</param>
/// <param name="ServedName">The name that the model server knows the model by. Empty where it accepts any.</param>
internal sealed record Model(string Name, IReadOnlyList<Target> Targets, string ServedName)
{
    /// <summary>Other names that clients may ask for.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>True for the model of requests that name none.</summary>
    public bool IsDefault { get; init; }

    /// <summary>What it may be asked for.</summary>
    public ModelTasks Tasks { get; init; } = ModelTasks.Chat;

    /// <summary>True for a model that sees images.</summary>
    public bool Images { get; init; }

    public Transport Transport { get; init; }

    public RecordFraming Framing { get; init; }

    /// <summary>True where a reply in one piece is gathered from a streaming call; false where the endpoint is asked for it in one piece.</summary>
    public bool Gather { get; init; } = true;

    /// <summary>True to ask for the usage upstream whatever the client does.</summary>
    public bool Usage { get; init; }

    /// <summary>How clients get the thinking; null where the configuration does not say that the model thinks.</summary>
    public ReasoningOutput? Reasoning { get; init; }

    /// <summary>What the text does with <c>&lt;think&gt;</c> tags.</summary>
    public ThinkMode Think { get; init; }

    /// <summary>What becomes of earlier thinking in a conversation.</summary>
    public ReasoningHistory History { get; init; }

    /// <summary>True to take NextChat's quoted thinking out of earlier answers.</summary>
    public bool StripQuotes { get; init; }

    /// <summary>The most tokens that a reply may have; null for no cap.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The most choices that a reply may have; null for no cap.</summary>
    public int? MaxChoices { get; init; }

    /// <summary>How long a call waits for an endpoint that is scaled to zero; zero tells the client at once.</summary>
    public TimeSpan ColdTimeout { get; init; }

    /// <summary>The longest that a reply may take, from the request on; null for Lambda's and SageMaker's own limits.</summary>
    public TimeSpan? TotalTimeout { get; init; }

    /// <summary>The longest that the model may be silent; null for no limit.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>False to tell of a failure inside a stream without a text that a user sees.</summary>
    public bool ShowsErrors { get; init; } = true;

    /// <summary>What clients may say to SageMaker in headers.</summary>
    public IReadOnlyList<ForwardedHeader> ForwardHeaders { get; init; } = [];

    /// <summary>True to send the request's <c>traceparent</c> on to the container, inside the custom attributes: SageMaker strips the header.</summary>
    public bool ForwardTrace { get; init; }

    /// <summary>Tokens of prompt and reply together, for clients to see; null where it is not said.</summary>
    public int? ContextLength { get; init; }

    /// <summary>What its tokens cost; null where that is not said.</summary>
    public ModelPrices? Prices { get; init; }

    /// <summary>Members that a request gets where it lacks them: the name, and the value as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Defaults { get; init; } = [];
}
