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

    /// <summary>MB, as the function is told. Not enforced here.</summary>
    public int MemorySize { get; init; } = 512;

    /// <summary>After it the environment is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Requests beyond that many at once are throttled.</summary>
    public int MaxEnvironments { get; init; } = 10;

    /// <summary>Which idle environment takes a request.</summary>
    public EnvironmentReuse Reuse { get; init; } = EnvironmentReuse.Newest;

    /// <summary>Who has signed each request, as a function URL with <c>AuthType: AWS_IAM</c> says it; null for one with <c>NONE</c>. No signature is looked at.</summary>
    public string? IamArn { get; init; }

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
