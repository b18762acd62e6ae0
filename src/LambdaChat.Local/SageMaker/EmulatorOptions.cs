using System.Net;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Local.SageMaker;

internal sealed record EmulatorOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>Milliseconds between events, unless the request sets <c>pace_ms</c>.</summary>
    public int Pace { get; init; } = 30;

    /// <summary>True to record <see cref="SageMakerEmulator.Calls"/> with their bodies; false in long runs, to save memory.</summary>
    public bool KeepsCalls { get; init; } = true;

    public EmulatorCredentials Credentials { get; init; } = EmulatorCredentials.Default;
}
