using System.Net;
using LambdaChat.Local.SageMaker.Routing;
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

    /// <summary>Returns the instances of an endpoint; null for one without a prefix cache.</summary>
    public Func<string, RoutingOptions?> Routing { get; init; } = static _ => null;

    /// <summary>The clock for the time that an instance needs for a prompt, and for the time limit of calls.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public EmulatorCredentials Credentials { get; init; } = EmulatorCredentials.Default;
}
