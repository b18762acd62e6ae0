using System.Collections.Concurrent;

namespace LambdaChat.Page;

/// <summary>
/// The files of <c>wwwroot</c>, read when somebody asks for one and then kept. A name is looked up among those that are there, so that no path
/// leads out of the folder.
/// </summary>
internal sealed class PageFiles(string folder)
{
    private readonly ConcurrentDictionary<string, PageFile?> _files = new(StringComparer.Ordinal);
    private readonly Lazy<HashSet<string>> _names = new(() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))]
        : []);

    /// <summary>The file of a name like <c>assets/main.js</c>; null where there is none.</summary>
    public PageFile? Find(string name) => _names.Value.Contains(name) ? _files.GetOrAdd(name, key => PageFile.Read(Path.Combine(folder, key))) : null;
}
