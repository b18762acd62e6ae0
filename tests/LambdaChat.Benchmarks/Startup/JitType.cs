namespace LambdaChat.Benchmarks.Startup;

/// <summary>A type by the name that the JIT compiler prints: <c>Outer`1+Inner[A,B][]</c>.</summary>
/// <param name="Name">Without arguments; of an array, that of its elements.</param>
/// <param name="Ranks">How many arrays are around it.</param>
internal sealed record JitType(string Name, IReadOnlyList<JitType> Arguments, int Ranks)
{
    /// <summary>The type and its generic arguments, and theirs.</summary>
    public IEnumerable<JitType> All => Arguments.SelectMany(argument => argument.All).Prepend(this);

    /// <summary>Reads the type at <paramref name="position"/>, and moves the position after it.</summary>
    public static JitType Parse(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && text[position] is not ('[' or ']' or ',' or ':' or '(' or ')'))
        {
            position++;
        }

        var name = text[start..position];
        var arguments = ParseArguments(text, ref position);
        var ranks = 0;
        for (; text.AsSpan(position).StartsWith("[]"); position += 2)
        {
            ranks++;
        }

        return new JitType(name, arguments, ranks);
    }

    /// <summary>The list in brackets at <paramref name="position"/>; none where there is no list.</summary>
    public static IReadOnlyList<JitType> ParseArguments(string text, ref int position)
    {
        var arguments = new List<JitType>();
        if (position >= text.Length || text[position] != '[' || text[position + 1] is ']' or ',')
        {
            return arguments;
        }

        do
        {
            position++;
            arguments.Add(Parse(text, ref position));
        }
        while (text[position] == ',');
        position++;
        return arguments;
    }
}
