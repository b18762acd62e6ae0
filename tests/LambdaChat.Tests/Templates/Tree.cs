namespace LambdaChat.Tests.Templates;

/// <summary>A YAML file as a tree of <c>string</c>, <c>List&lt;object&gt;</c> and <c>Dictionary&lt;string, object&gt;</c>.</summary>
internal static class Tree
{
    /// <summary>The node at a path of keys and indexes, or null.</summary>
    public static object? At(this object? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            node = node switch
            {
                Dictionary<string, object> map => map.GetValueOrDefault(step),
                List<object> list when int.TryParse(step, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    public static string? Text(this object? node, params ReadOnlySpan<string> path) => node.At(path) as string;

    /// <summary>The map at a path, or an empty map.</summary>
    public static Dictionary<string, object> Map(this object? node, params ReadOnlySpan<string> path) =>
        node.At(path) as Dictionary<string, object> ?? [];

    /// <summary>The list at a path. A single value is a list of one item; no value is an empty list.</summary>
    public static IReadOnlyList<object> Items(this object? node, params ReadOnlySpan<string> path) => node.At(path) switch
    {
        List<object> list => list,
        { } single => [single],
        null => [],
    };

    /// <summary>Every node of the tree with its path, parents first.</summary>
    public static IEnumerable<(string Path, object Node)> Walk(this object node, string path = "")
    {
        yield return (path, node);
        var children = node switch
        {
            Dictionary<string, object> map => map.Select(pair => (pair.Key, pair.Value)),
            List<object> list => list.Select((item, index) => (index.ToString(), item)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            foreach (var below in child.Walk($"{path}/{key}"))
            {
                yield return below;
            }
        }
    }
}
