namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>An instance of an endpoint, with its own prefix cache.</summary>
/// <param name="number">Never used again after the instance was removed.</param>
/// <param name="cacheTokens">The number of tokens that the prefix cache holds.</param>
internal sealed class ModelInstance(int number, int cacheTokens)
{
    public int Number { get; } = number;

    /// <summary>Calls that are not finished.</summary>
    public int Outstanding { get; set; }

    public PrefixCache Cache { get; } = new(cacheTokens);
}
