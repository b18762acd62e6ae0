using LambdaChat.Configuration;

namespace LambdaChat.Lambda;

/// <summary>Settings of the Lambda server.</summary>
/// <param name="FlushCommentDelay">The delay of the SSE comment after an event that nothing follows. Zero sends no comments.</param>
internal sealed record LambdaServerSettings(TimeSpan FlushCommentDelay)
{
    private const int DefaultDelay = 25; // ms.
    private const int MaximumDelay = 10_000;

    /// <summary>Reads <c>FLUSH_COMMENT_MS</c>.</summary>
    /// <exception cref="ConfigurationException">The value is not a number of milliseconds.</exception>
    public static LambdaServerSettings Read(IConfiguration configuration) =>
        new(TimeSpan.FromMilliseconds(configuration.GetCount("FLUSH_COMMENT_MS", DefaultDelay, minimum: 0, MaximumDelay)));
}
