using System.Net;

namespace LambdaChat.Local.Lambda;

/// <summary>The function and how Lambda runs it.</summary>
internal sealed record LambdaOptions
{
    /// <summary>The folder of a build or of a published package, or the file to start in it.</summary>
    public required string FunctionPath { get; init; }

    /// <summary>The function's own environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Of the function URL; 0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>MB, as the function is told.</summary>
    public int MemorySize { get; init; } = 512;

    /// <summary>Ends a process that needs more than <see cref="MemorySize"/>, where this machine can.</summary>
    public bool IsMemoryEnforced { get; init; }

    /// <summary>Only <c>/tmp</c> can be written, as on Lambda, where this machine can.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The template's handler; null starts whatever is in the folder.</summary>
    public string? Handler { get; init; }

    /// <summary>What stands in front of the function, and with it the events.</summary>
    public EventFormat EventFormat { get; init; }

    /// <summary>Who signed the requests, as <c>AWS_IAM</c> says it in the event; null where nobody did. No signature is looked at.</summary>
    public string? UserArn { get; init; }

    /// <summary>How many requests an environment takes at once, as on Managed Instances.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>Every environment goes through a snapshot, and gets its credentials from the container endpoint.</summary>
    public bool IsSnapStart { get; init; }

    /// <summary>After it the environment is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Requests beyond that many at once are throttled.</summary>
    public int MaxEnvironments { get; init; } = 10;

    /// <summary>Which idle environment takes a request.</summary>
    public EnvironmentReuse Reuse { get; init; } = EnvironmentReuse.Newest;

    /// <summary>As <c>sam local</c>: the function is told, and answers in one piece.</summary>
    public bool IsSamLocal { get; init; }

    /// <summary>Takes what the function prints and what Lambda would log, line by line.</summary>
    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>Which idle environment takes a request.</summary>
internal enum EnvironmentReuse
{
    /// <summary>The one used last.</summary>
    Newest,

    /// <summary>The one idle the longest.</summary>
    Oldest,

    /// <summary>None: every request starts one.</summary>
    Never,
}
