using System.Net;
using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.Local.Lambda;

/// <summary>The function and its Lambda configuration.</summary>
internal sealed record LambdaOptions
{
    /// <summary>The folder of a build or a published package, or the file to start.</summary>
    public required string FunctionPath { get; init; }

    /// <summary>The environment variables of the function.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port of the function URL; 0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>Memory size in MB.</summary>
    public int MemorySize { get; init; } = 512;

    /// <summary>True to end a process that exceeds <see cref="MemorySize"/>, if the machine supports it.</summary>
    public bool IsMemoryEnforced { get; init; }

    /// <summary>True to limit a process, after its init phase, to the share of a core of <see cref="MemorySize"/>.</summary>
    public bool IsProcessorEnforced { get; init; }

    /// <summary>True to make only <c>/tmp</c> writable, as on Lambda, if the machine supports it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The handler of the template; null to start the function that is found in the folder.</summary>
    public string? Handler { get; init; }

    /// <summary>The service that invokes the function.</summary>
    public EventFormat EventFormat { get; init; }

    /// <summary>
    /// ARN of the principal that <c>AWS_IAM</c> authorization puts into each event; null for none. Signatures are not checked.
    /// </summary>
    public string? UserArn { get; init; }

    /// <summary>Maximum number of concurrent invocations of an environment, as on Managed Instances.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>
    /// True for deadlines as AWS's Runtime Interface Emulator sends them with concurrency: a million times the timeout from now.
    /// </summary>
    public bool HasFarDeadline { get; init; }

    /// <summary>False to emulate a sender that accepts buffered responses only, such as a load balancer or an HTTP API.</summary>
    public bool AcceptsStreams { get; init; } = true;

    /// <summary>
    /// True to hold each chunk of a streaming response back until the next one or the end, as function URLs are reported to do.
    /// </summary>
    public bool HoldsBackChunks { get; init; }

    /// <summary>True to start each environment from a snapshot. Credentials then come from the container endpoint.</summary>
    public bool IsSnapStart { get; init; }

    /// <summary>Maximum duration of the init phase. Lambda starts a slower function again, with the timeout of the invocation.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum duration of an invocation; the environment is ended after it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long the connection of a client waits after its response until the function polls. It is then free for the next request. A
    /// function polls at once, unless it continues to work.
    /// </summary>
    public TimeSpan IdleGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Maximum number of environments; further requests are throttled.</summary>
    public int MaxEnvironments { get; init; } = 10;

    public EnvironmentReuse Reuse { get; init; } = EnvironmentReuse.Newest;

    /// <summary>True to emulate <c>sam local</c>, which accepts non-streaming responses only.</summary>
    public bool IsSamLocal { get; init; }

    /// <summary>True to log each response with an error status, which Lambda does not.</summary>
    public bool LogsErrors { get; init; }

    /// <summary>Receives the output of the function and Lambda's own log lines.</summary>
    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>Selects the idle environment for a request.</summary>
internal enum EnvironmentReuse
{
    /// <summary>The most recently used.</summary>
    Newest,

    /// <summary>The least recently used.</summary>
    Oldest,

    /// <summary>None: each request starts a new environment.</summary>
    Never,
}
