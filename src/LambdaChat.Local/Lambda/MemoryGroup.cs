using System.Globalization;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// A memory cgroup (version 1 or 2) for one process.
/// Sources: https://docs.kernel.org/admin-guide/cgroup-v1/memory.html, https://docs.kernel.org/admin-guide/cgroup-v2.html
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const string FirstRoot = Root + "/memory";
    private const int RemovalAttempts = 50;

    private static readonly TimeSpan RemovalPause = TimeSpan.FromMilliseconds(10);

    private MemoryGroup(string path) => Path = path;

    /// <summary>The folder of the cgroup.</summary>
    public string Path { get; }

    /// <summary>True if the kernel ended a process of the cgroup.</summary>
    public bool HasKilled => (Read("memory.oom_control") ?? Read("memory.events") ?? "").Split('\n')
        .Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");

    /// <summary>Returns null if the cgroup cannot be created.</summary>
    public static MemoryGroup? TryCreate(long bytes)
    {
        var isFirstVersion = Directory.Exists(FirstRoot);
        var group = new MemoryGroup(System.IO.Path.Combine(isFirstVersion ? FirstRoot : Root, $"lambdachat-{Guid.NewGuid():n}"));
        try
        {
            Directory.CreateDirectory(group.Path);
            var limit = bytes.ToString(CultureInfo.InvariantCulture);
            if (isFirstVersion)
            {
                group.Write("memory.limit_in_bytes", limit);
                group.WriteIfExists("memory.memsw.limit_in_bytes", limit);
                return group;
            }

            group.EnableController();
            group.Write("memory.max", limit);
            group.WriteIfExists("memory.swap.max", "0");
            return group;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            return null;
        }
    }

    /// <summary>Removes the cgroup. The kernel releases it shortly after its last process has ended.</summary>
    public void Dispose()
    {
        for (var i = 0; i < RemovalAttempts && Directory.Exists(Path); i++)
        {
            try
            {
                Directory.Delete(Path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(RemovalPause);
            }
        }
    }

    private void EnableController()
    {
        if (!File.Exists(System.IO.Path.Combine(Path, "memory.max")))
        {
            File.WriteAllText(Root + "/cgroup.subtree_control", "+memory");
        }
    }

    private void Write(string file, string value) => File.WriteAllText(System.IO.Path.Combine(Path, file), value);

    private void WriteIfExists(string file, string value)
    {
        if (File.Exists(System.IO.Path.Combine(Path, file)))
        {
            Write(file, value);
        }
    }

    private string? Read(string file)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(Path, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
