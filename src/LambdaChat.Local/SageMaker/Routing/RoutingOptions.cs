namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>An endpoint with several instances.</summary>
internal sealed record RoutingOptions
{
    public RoutingStrategy Strategy { get; init; }

    /// <summary>Instances at the start.</summary>
    public int Instances { get; init; } = 1;

    /// <summary><c>PrefixLength</c>: how much of a prompt <c>PREFIX_AWARE</c> compares.</summary>
    public int PrefixLength { get; init; } = 1024;

    /// <summary><c>ConcurrencyThreshold</c>: the calls of an instance from which on <c>PREFIX_AWARE</c> selects another one.</summary>
    public int ConcurrencyThreshold { get; init; } = 32;

    /// <summary>Tokens that the prefix cache of an instance holds.</summary>
    public int CacheTokens { get; init; } = 1_000_000;

    /// <summary>Time that an instance needs for each prompt token that is not in its cache.</summary>
    public TimeSpan TimePerPromptToken { get; init; }

    /// <summary>Seed of the random selections.</summary>
    public int Seed { get; init; }
}
