using System.Globalization;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// A cgroup (version 1 or 2) that limits the memory or the processor time of one process.
/// Sources: https://docs.kernel.org/admin-guide/cgroup-v1/memory.html, https://docs.kernel.org/scheduler/sched-bwc.html,
/// https://docs.kernel.org/admin-guide/cgroup-v2.html
/// </summary>
internal sealed class ControlGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const int RemovalAttempts = 50;

    /// <summary>Lambda shares a core in periods of this length, in microseconds.</summary>
    private const int Period = 20_000;

    /// <summary>With this memory size in MB, a function has one whole core.</summary>
    private const double MemoryOfOneCore = 1769;

    private static readonly TimeSpan RemovalPause = TimeSpan.FromMilliseconds(10);

    // Version 1 has a folder for each controller. In version 2 all controllers share one.
    private readonly List<string> _folders = [];

    private ControlGroup()
    {
    }

    /// <summary>The version that this machine uses for processor time.</summary>
    public static int Version => IsFirst("cpu") ? 1 : 2;

    /// <summary>The folders that the process joins.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>True if the kernel ended a process of the cgroup.</summary>
    public bool HasKilled => (Read("memory.oom_control") ?? Read("memory.events") ?? "").Split('\n')
        .Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");

    /// <summary>Returns null if the cgroup cannot be created.</summary>
    /// <param name="memory">The limit of the memory in bytes; null for none.</param>
    /// <param name="limitsProcessor">True if <see cref="LimitProcessor"/> will be called.</param>
    public static ControlGroup? TryCreate(long? memory, bool limitsProcessor)
    {
        var group = new ControlGroup();
        try
        {
            if (memory is { } bytes)
            {
                group.LimitMemory(bytes.ToString(CultureInfo.InvariantCulture));
            }

            if (limitsProcessor)
            {
                group.Join("cpu");
                group.LimitProcessor(share: null);
            }

            return group;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            return null;
        }
    }

    /// <summary>The share of a core that Lambda gives to a memory size, in MB.</summary>
    public static double ShareOf(int memorySize) => memorySize / MemoryOfOneCore;

    /// <summary>Limits the processor time to a share of one core; null removes the limit.</summary>
    public void LimitProcessor(double? share)
    {
        var quota = share is { } limit ? (int)(limit * Period) : -1;
        if (IsFirst("cpu"))
        {
            Write("cpu.cfs_period_us", Period.ToString(CultureInfo.InvariantCulture));
            Write("cpu.cfs_quota_us", quota.ToString(CultureInfo.InvariantCulture));
            return;
        }

        Write("cpu.max", string.Create(CultureInfo.InvariantCulture, $"{(quota < 0 ? "max" : quota)} {Period}"));
    }

    /// <summary>Removes the cgroup. The kernel releases it shortly after its last process has ended.</summary>
    public void Dispose()
    {
        foreach (var folder in _folders)
        {
            for (var i = 0; i < RemovalAttempts && Directory.Exists(folder); i++)
            {
                try
                {
                    Directory.Delete(folder);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    Thread.Sleep(RemovalPause);
                }
            }
        }
    }

    private static bool IsFirst(string controller) => Directory.Exists(Path.Combine(Root, controller));

    private void LimitMemory(string bytes)
    {
        Join("memory");
        if (IsFirst("memory"))
        {
            Write("memory.limit_in_bytes", bytes);
            WriteIfExists("memory.memsw.limit_in_bytes", bytes);
            return;
        }

        Write("memory.max", bytes);
        WriteIfExists("memory.swap.max", "0");
    }

    private void Join(string controller)
    {
        var parent = IsFirst(controller) ? Path.Combine(Root, controller) : Root;
        var folder = _folders.Find(folder => Path.GetDirectoryName(folder) == parent);
        if (folder is null)
        {
            folder = Path.Combine(parent, $"lambdachat-{Guid.NewGuid():n}");
            Directory.CreateDirectory(folder);
            _folders.Add(folder);
        }

        if (parent == Root && !File.Exists(Path.Combine(folder, $"{controller}.max")))
        {
            File.WriteAllText(Path.Combine(Root, "cgroup.subtree_control"), $"+{controller}");
        }
    }

    private string? Find(string file) => _folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    private void Write(string file, string value) =>
        File.WriteAllText(Find(file) ?? throw new IOException($"The cgroup has no file {file}."), value);

    private void WriteIfExists(string file, string value)
    {
        if (Find(file) is { } path)
        {
            File.WriteAllText(path, value);
        }
    }

    private string? Read(string file)
    {
        try
        {
            return Find(file) is { } path ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
