using System.Diagnostics;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// Lambda's walls around a process, as far as this machine has them: a cgroup that ends it when it needs more memory than it has, and a mount
/// namespace in which only <c>/tmp</c> can be written, 512 MB of it. Needs Linux, and rights that root has; what is missing is logged.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
/// </summary>
internal sealed class Confinement : IDisposable
{
    // The task's folder stays where it is, also where it lies below the /tmp that is covered.
    private const string Script = """
        set -e
        task=$1 group=$2 isReadOnly=$3
        shift 3
        if [ -n "$group" ]; then echo $$ > "$group/cgroup.procs"; fi
        if [ "$isReadOnly" = true ]; then
          mount -t tmpfs -o size=64k tmpfs /mnt
          mkdir /mnt/task
          mount --bind "$task" /mnt/task
          mount -t tmpfs -o size=512m tmpfs /tmp
          mkdir -p "$task"
          mount --bind /mnt/task "$task"
          umount /mnt/task /mnt
          while read -r device target type rest; do
            case "$target" in /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | /tmp) ;; *) mount -o remount,bind,ro "$target" ;; esac
          done < /proc/self/mounts
          cd "$task"
        fi
        exec "$@"
        """;

    private static readonly Lazy<bool> HasMountNamespaces = new(CanMount);

    private readonly MemoryGroup? _group;
    private readonly bool _isReadOnly;

    private Confinement(MemoryGroup? group, bool isReadOnly)
    {
        _group = group;
        _isReadOnly = isReadOnly;
    }

    /// <summary>True where this machine lets a process have a file system of its own.</summary>
    public static bool CanBeReadOnly => HasMountNamespaces.Value;

    /// <summary>True where the process was ended since it had no memory left.</summary>
    public bool IsOutOfMemory => _group?.HasKilled == true;

    /// <summary>Null where nothing is asked for, or nothing can be had.</summary>
    public static Confinement? Create(LambdaOptions options)
    {
        var group = options.IsMemoryEnforced ? MemoryGroup.TryCreate(options.MemorySize * 1024L * 1024) : null;
        if (options.IsMemoryEnforced && group is null)
        {
            options.Log("The memory size is not enforced: there is no memory cgroup here that can be written.");
        }

        var isReadOnly = options.IsReadOnly && CanBeReadOnly;
        if (options.IsReadOnly && !isReadOnly)
        {
            options.Log("The file system can be written: there are no mount namespaces here for this user.");
        }

        return group is null && !isReadOnly ? null : new Confinement(group, isReadOnly);
    }

    /// <summary>Makes a start one inside the walls. The process keeps its id.</summary>
    public void Apply(ProcessStartInfo start)
    {
        string[] unshare = _isReadOnly ? ["unshare", "--mount", "--propagation", "private"] : [];
        string[] command =
        [
            .. unshare, "sh", "-c", Script, "sh", start.WorkingDirectory, _group?.Path ?? "", _isReadOnly ? "true" : "false",
            start.FileName, .. start.ArgumentList,
        ];
        start.FileName = command[0];
        start.ArgumentList.Clear();
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }
    }

    public void Dispose() => _group?.Dispose();

    private static bool CanMount()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
