using System.Diagnostics;
using System.Globalization;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>The child processes of a process, from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    public static IEnumerable<int> ChildrenOf(int parent) =>
        Process.GetProcesses().Select(process => process.Id).Where(id =>
        {
            try
            {
                return File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ')[2] == parent.ToString(CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return false; // The process has ended.
            }
        });
}
