namespace LambdaChat.Local.SageMaker;

/// <summary>The stand-in's port on loopback, and how fast it talks.</summary>
internal sealed record StandInOptions
{
    /// <summary>0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Milliseconds between events where a request does not say.</summary>
    public int Pace { get; init; } = 30;

    public StandInCredentials Credentials { get; init; } = StandInCredentials.Default;
}
