using LambdaChat.Api.Requests;

namespace LambdaChat.Api.UiMessages.Requests;

/// <summary>
/// A call that the AI SDK has kept as two parts of one step: <c>tool-NAME</c> and <c>dynamic-tool</c>. This happens if the page does not
/// have the tool, and the chats that pages have stored keep both. Source: https://github.com/vercel/ai/issues/12772
/// </summary>
internal static class RepeatedCalls
{
    /// <summary>The type of a call whose tool the page does not know.</summary>
    public const string Dynamic = "dynamic-tool";

    private const string Prefix = "tool-";

    /// <summary>The name of the tool in the type of a part; null for other parts.</summary>
    public static string? NameOf(string type) =>
        type.Length > Prefix.Length && type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : null;

    /// <summary>
    /// Returns the parts with one of the two parts of such a call: the later one, unless only the earlier one has a result.
    /// </summary>
    public static IEnumerable<RequestItem> Remove(List<RequestItem> parts)
    {
        var calls = new Dictionary<(string Id, string Name), int>(); // The parts of calls of the step.
        var removed = new HashSet<int>();
        for (var i = 0; i < parts.Count; i++)
        {
            var type = parts[i].Type;
            if (type is "step-start" or "steering-message")
            {
                calls = calls.Count > 0 ? [] : calls; // To clear it costs its capacity, which one long step would have made large.
            }

            if ((NameOf(type) ?? (type == Dynamic ? parts[i].Name("toolName") : null)) is not { } name)
            {
                continue;
            }

            var call = (parts[i].Name("toolCallId"), name);
            if (calls.TryGetValue(call, out var earlier) && (parts[earlier].Type == Dynamic) != (type == Dynamic))
            {
                removed.Add(HasResult(parts[earlier]) && !HasResult(parts[i]) ? i : earlier);
            }

            calls[call] = removed.Contains(i) ? earlier : i;
        }

        return removed.Count == 0 ? parts : parts.Where((_, i) => !removed.Contains(i));
    }

    private static bool HasResult(RequestItem part) => part.Name("state") is "output-available" or "output-error" or "output-denied";
}
