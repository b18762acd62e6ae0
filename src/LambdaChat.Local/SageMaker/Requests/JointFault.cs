namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>How a model server fails to continue a message: the value of <c>stand_in.joint</c>.</summary>
internal static class JointFault
{
    /// <summary>Ignores that the message is continued, and gives the whole reply again.</summary>
    public const string Ignore = "ignore";

    /// <summary>Refuses the request.</summary>
    public const string Refuse = "refuse";

    /// <summary>Begins with the last words of the message.</summary>
    public const string Repeat = "repeat";

    /// <summary>Begins with the whole message.</summary>
    public const string Echo = "echo";

    /// <summary>Begins another answer.</summary>
    public const string Anew = "anew";

    /// <summary>Thinks again before it continues.</summary>
    public const string Think = "think";

    /// <summary>Sends the rest of the answer as thinking.</summary>
    public const string Misread = "thinking";

    public static IReadOnlyCollection<string> Names { get; } = [Ignore, Refuse, Repeat, Echo, Anew, Think, Misread];
}
