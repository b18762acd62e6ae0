using System.ComponentModel;
using System.Diagnostics;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// Applies Lambda's memory limit, share of a core and read-only file system to a process. A cgroup ends the process when it exceeds its
/// memory. In a mount namespace only <c>/tmp</c> is writable, up to 512 MB. Requires Linux and root; a missing feature is logged and
/// skipped.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
/// </summary>
internal sealed class Confinement : IDisposable
{
    // Keeps the path of the task folder, also if the folder is below /tmp, which the script mounts over.
    private const string Script = """
        set -e
        task=$1 groups=$2 isReadOnly=$3
        shift 3
        for group in $groups; do echo $$ > "$group/cgroup.procs"; done
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

    private readonly ControlGroup? _group;
    private readonly bool _isReadOnly;

    private Confinement(ControlGroup? group, bool isReadOnly)
    {
        _group = group;
        _isReadOnly = isReadOnly;
    }

    /// <summary>True if the user can create mount namespaces.</summary>
    public static bool CanBeReadOnly => HasMountNamespaces.Value;

    /// <summary>True if the kernel ended the process because it exceeded its memory.</summary>
    public bool IsOutOfMemory => _group?.HasKilled == true;

    /// <summary>Returns null if no limit is requested or none is available.</summary>
    public static Confinement? Create(LambdaOptions options)
    {
        var isLimited = options.IsMemoryEnforced || options.IsProcessorEnforced;
        var group = isLimited
            ? ControlGroup.TryCreate(options.IsMemoryEnforced ? options.MemorySize * 1024L * 1024 : null, options.IsProcessorEnforced)
            : null;
        if (isLimited && group is null)
        {
            options.Log("The memory size is not enforced: no writable cgroup was found.");
        }

        var isReadOnly = options.IsReadOnly && CanBeReadOnly;
        if (options.IsReadOnly && !isReadOnly)
        {
            options.Log("The file system is writable: this user cannot create mount namespaces.");
        }

        return group is null && !isReadOnly ? null : new Confinement(group, isReadOnly);
    }

    /// <summary>Changes a start command to apply the limits. The process keeps its id.</summary>
    public void Apply(ProcessStartInfo start)
    {
        string[] unshare = _isReadOnly ? ["unshare", "--mount", "--propagation", "private"] : [];
        string[] command =
        [
            .. unshare, "sh", "-c", Script, "sh", start.WorkingDirectory, string.Join(' ', _group?.Folders ?? []),
            _isReadOnly ? "true" : "false", start.FileName, .. start.ArgumentList,
        ];
        start.FileName = command[0];
        start.ArgumentList.Clear();
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }
    }

    /// <summary>Limits the process to its share of a core, as Lambda does after the init phase.</summary>
    public void LimitProcessor(int memorySize) => _group?.LimitProcessor(ControlGroup.ShareOf(memorySize));

    public void Dispose() => _group?.Dispose();

    private static bool CanMount()
    {
        try
        {
            string[] arguments = ["--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
            using var process = Process.Start(new ProcessStartInfo("unshare", arguments) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
