using System.Text.RegularExpressions;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>
/// A method that the JIT compiled, as the runtime lists it: <c>Owner[T]:Name[U](a,b):c</c>, arguments in full, a type's or a
/// primitive's name each.
/// </summary>
/// <param name="Arguments">The method's own generic arguments.</param>
/// <param name="Parameters">How many it has.</param>
internal sealed partial record JitMethod(JitType Owner, string Name, IReadOnlyList<JitType> Arguments, int Parameters)
{
    /// <summary>The method's type and all generic arguments.</summary>
    public IEnumerable<JitType> Types => Arguments.Prepend(Owner).SelectMany(type => type.All);

    /// <summary>
    /// The methods in a listing that <c>DOTNET_JitStdOutFile</c> and <c>DOTNET_JitDisasmSummary</c> make, each once and in order, without
    /// methods that are compiled again and methods without metadata.
    /// </summary>
    public static IReadOnlyList<JitMethod> ReadAll(IEnumerable<string> lines) =>
        [.. lines.Select(line => Line().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()
            .Order(StringComparer.Ordinal).Select(Parse)];

    private static JitMethod Parse(string text)
    {
        var position = 0;
        var owner = JitType.Parse(text, ref position);
        var nameEnd = text.AsSpan(++position).IndexOfAny('[', '(') + position;
        var name = text[position..nameEnd];
        position = nameEnd;
        var arguments = JitType.ParseArguments(text, ref position);
        return new JitMethod(owner, name, arguments, CountParameters(text, position));
    }

    private static int CountParameters(string text, int position)
    {
        var parameters = 0;
        while (text[++position] != ')')
        {
            JitType.Parse(text, ref position);
            parameters++;
            position -= text[position] == ')' ? 1 : 0;
        }

        return parameters;
    }

    [GeneratedRegex(@"^ *\d+: JIT compiled (?!\(dynamicClass\))(.+) \[(?!Tier1)[^\]]+\]$")]
    private static partial Regex Line();
}
