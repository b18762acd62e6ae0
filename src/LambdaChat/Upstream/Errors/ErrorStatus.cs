namespace LambdaChat.Upstream.Errors;

/// <summary>
/// The HTTP status that the name of an error stands for: OpenAI's codes, TGI's error types, gRPC's statuses, names of Python classes.
/// </summary>
internal static class ErrorStatus
{
    // Parts of names without separators, in lower case. The first that occurs counts.
    private static readonly (string Part, int Status)[] Parts =
    [
        ("overloaded", 503),
        ("unavailable", 503),
        ("unhealthy", 503),
        ("ratelimit", 429),
        ("toomanyrequests", 429),
        ("throttl", 429),
        ("serverbusy", 503),
        ("resourceexhausted", 429),
        ("deadlineexceeded", 504),
        ("timeout", 504),
        ("notfound", 404),
        ("validation", 400),
        ("badrequest", 400),
        ("invalidrequest", 400),
        ("invalidargument", 400),
        ("unprocessableentity", 422),
        ("emptyinput", 400),
        ("toolerror", 400),
        ("templateerror", 400),
        ("internal", 500),
        ("generation", 500),
    ];

    public static int? Find(string? name)
    {
        if (name is null)
        {
            return null;
        }

        var word = string.Concat(name.Where(char.IsAsciiLetter)).ToLowerInvariant();
        foreach (var (part, status) in Parts)
        {
            if (word.Contains(part, StringComparison.Ordinal))
            {
                return status;
            }
        }

        return null;
    }
}
