using System.Net;

namespace LambdaChat.Local.SageMaker;

/// <summary>Where the stand-in listens, and how fast it talks.</summary>
internal sealed record EmulatorOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Milliseconds between events where a request does not say.</summary>
    public int Pace { get; init; } = 30;

    /// <summary>False where nobody will ask for <see cref="SageMakerEmulator.Calls"/>: a long run would keep the bodies of them all.</summary>
    public bool KeepsCalls { get; init; } = true;

    public EmulatorCredentials Credentials { get; init; } = EmulatorCredentials.Default;
}
