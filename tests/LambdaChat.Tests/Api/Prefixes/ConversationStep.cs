namespace LambdaChat.Tests.Api.Prefixes;

/// <summary>A part of a made-up conversation, which each API writes in its own form.</summary>
internal abstract record ConversationStep
{
    public const string Image = "iVBORw0KGgo=";

    /// <param name="HasImage">True if a picture follows the text.</param>
    public sealed record User(string Text, bool HasImage = false) : ConversationStep;

    public sealed record Assistant(string? Thinking, string Text, IReadOnlyList<string> Calls) : ConversationStep;

    /// <param name="Calls">The ids of the calls.</param>
    public sealed record Results(IReadOnlyList<string> Calls, string Text, bool HasImage) : ConversationStep;

    /// <summary>A system message that comes with each turn.</summary>
    public sealed record Reminder(string Text) : ConversationStep;

    /// <summary>
    /// A conversation in which a request follows the messages of the user, which can be two in a row, and each group of results.
    /// </summary>
    /// <param name="variesReminders">True if each turn has another text of the system.</param>
    public static List<ConversationStep> Create(Random random, bool variesReminders = false)
    {
        var steps = new List<ConversationStep>();
        var reminder = random.Next(3) == 0 ? new Reminder(WriteText(random)) : null;
        for (var turn = random.Next(2, 6); turn > 0; turn--)
        {
            steps.Add(new User(WriteText(random), random.Next(4) == 0));
            if (random.Next(4) == 0)
            {
                steps.Add(new User(WriteText(random), random.Next(2) == 0));
            }

            reminder = variesReminders && random.Next(2) == 0 ? new Reminder(WriteText(random)) : reminder;
            steps.AddRange(reminder is null ? [] : [reminder]);
            for (var round = random.Next(3); round > 0; round--)
            {
                string[] calls = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => $"call_{steps.Count}_{i}")];
                steps.Add(new Assistant(WriteThinking(random), random.Next(2) == 0 ? "" : WriteText(random), calls));
                steps.Add(new Results(calls, WriteText(random), random.Next(4) == 0));
            }

            var error = random.Next(4) == 0 ? "\n\n[Error: The model server closed the connection.]" : "";
            steps.Add(new Assistant(WriteThinking(random), WriteText(random) + error, []));
        }

        return steps;
    }

    private static string? WriteThinking(Random random) => random.Next(2) == 0 ? null : WriteText(random);

    private static string WriteText(Random random) => string.Join(
        ' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => Words[random.Next(Words.Length)]));

    private static readonly string[] Words =
        ["a", "\"quoted\"", "\\", "你好", "🤔", "line\nfeed", "{\"a\": 1}", "> quote\n\n", "[1, 2]", "</think>", "word", "\t", "é"];
}
