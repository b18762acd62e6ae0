namespace LambdaChat.Api.Requests;

/// <summary>
/// Removes members that are null, which in OpenAI's API means that they are not set. Some clients send them, and some model servers reject
/// them: https://github.com/sgl-project/sglang/issues/36194
/// </summary>
internal static class NullMembers
{
    /// <summary>False if the objects in this JSON have no null, except for their <c>content</c>.</summary>
    public static bool MayHave(ReadOnlySpan<byte> json)
    {
        while (MemberSearch.TryFind(ref json, "null"u8, out var name))
        {
            if (!name.EndsWith("\"content\""u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes the members of an object.</summary>
    /// <param name="kept">The name of a member that stays; null for none.</param>
    public static void Remove(RequestJson json, RequestEditor editor, string? kept = null)
    {
        for (var i = 0; i < json.Members.Count; i++)
        {
            if (json.Members[i].IsNull && json.Names[i] != kept && editor.Value(json.Names[i]).IsEmpty)
            {
                editor.Remove(json.Names[i]);
            }
        }
    }

    /// <summary>Removes the members of the functions in <c>tools</c>.</summary>
    public static void RemoveInTools(RequestJson json, RequestEditor editor)
    {
        if (json.Find("tools") is not { } tools || !MayHave(json.Value(tools)))
        {
            return;
        }

        foreach (var (start, end) in json.ObjectsOf(tools))
        {
            var tool = RequestJson.TryParse(json.Body[start..end]);
            if (tool?.Find("function") is { } function
                && RequestJson.TryParse(tool.Body[function.ValueStart..function.ValueEnd]) is { } definition)
            {
                var edited = new RequestEditor(definition);
                Remove(definition, edited);
                editor.Include(edited, start + function.ValueStart);
            }
        }
    }
}
