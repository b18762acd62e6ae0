namespace LambdaChat.FunctionalTests.Apis;

/// <summary>A reply as a client of any API receives it.</summary>
/// <param name="Error">The message of the error; null without one.</param>
/// <param name="Code">The code or the type of the error, if the API has one.</param>
/// <param name="Finish"><c>stop</c> or <c>tools</c> for a complete reply; null for any other.</param>
/// <param name="Inputs">The arguments of the tool calls, as JSON.</param>
/// <param name="Source">The call, for messages.</param>
internal sealed record ApiReply(
    int Status, string Text, string Thinking, string? Error, string? Code, string? Finish, IEnumerable<string> Inputs,
    (int Input, int Output) Usage, object Source)
{
    public override string ToString() => Source.ToString()!;
}
