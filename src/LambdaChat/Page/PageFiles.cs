using System.Collections.Concurrent;

namespace LambdaChat.Page;

/// <summary>
/// The files of <c>wwwroot</c>, read at the first request and cached. A name is looked up in the list of existing files, so that no path
/// leads out of the folder.
/// </summary>
internal sealed class PageFiles(string folder, PageSettings settings)
{
    private readonly ConcurrentDictionary<string, PageFile?> _files = new(StringComparer.Ordinal);
    private readonly Lazy<HashSet<string>> _names = new(() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))]
        : []);

    /// <summary>Returns the file with a name like <c>assets/main.js</c>, or null if there is none.</summary>
    public PageFile? Find(string name) =>
        _names.Value.Contains(name) ? _files.GetOrAdd(name, Read) : null;

    private PageFile? Read(string name) => PageFile.Read(name, settings.Apply(name, File.ReadAllBytes(Path.Combine(folder, name))));
}
