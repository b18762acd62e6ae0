using System.Reflection;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>Runs the scripts in <c>python</c> with Debian's boto3. Without it the test is skipped, or fails if CI is true.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3"; // Debian's packages are not visible to other interpreters.

    private static readonly Lazy<Task<bool>> HasBoto3 = new(CheckAsync);

    private static string Directory { get; } =
        typeof(Python).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            attribute => attribute.Key == "PythonDirectory").Value!;

    /// <summary>Runs a script and returns the JSON that it prints.</summary>
    public static async Task<JsonNode> RunAsync(string script, Dictionary<string, string> variables, params string[] arguments)
    {
        var hasBoto3 = await HasBoto3.Value;
        Assert.False(!hasBoto3 && Environment.GetEnvironmentVariable("CI") == "true", "python3-boto3 is not installed.");
        Assert.SkipUnless(hasBoto3, "python3-boto3 is not installed.");

        // botocore loads the service models in this folder in addition to its own.
        var environment = new Dictionary<string, string>(variables) { ["AWS_DATA_PATH"] = Path.Combine(Directory, "models") };
        var (code, output, error) = await ExternalProcess.RunAsync(Interpreter, [script, .. arguments], Directory, environment);
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!;
    }

    private static async Task<bool> CheckAsync() =>
        File.Exists(Interpreter) && (await ExternalProcess.RunAsync(Interpreter, ["-c", "import boto3"], Directory, [])).Code == 0;
}
