using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Runs the <c>keys</c> command as a process.</summary>
internal static class KeysTool
{
    private static readonly string[] Cleared = ["TABLE", "AWS_PROFILE"];

    public static async Task<(int Code, string Output)> RunAsync(IReadOnlyDictionary<string, string> variables, params string[] args)
    {
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add("keys");
        Array.ForEach(args, start.ArgumentList.Add);
        Array.ForEach(Cleared, name => start.Environment.Remove(name));
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var lines = new List<string>();
        using var process = ChildProcess.Start(start, line =>
        {
            lock (lines)
            {
                lines.Add(line);
            }
        });
        try
        {
            var code = await process.Exited.InTimeAsync();
            lock (lines)
            {
                return (code, string.Join('\n', lines));
            }
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Runs the command and returns the key that it shows.</summary>
    public static async Task<string> MakeAsync(IReadOnlyDictionary<string, string> variables, params string[] args)
    {
        var (code, output) = await RunAsync(variables, args);
        Assert.True(code == 0, output);
        var key = output.Split('\n')[0];
        Assert.Matches("^lc-[A-Za-z0-9_-]{43}$", key);
        return key;
    }
}
