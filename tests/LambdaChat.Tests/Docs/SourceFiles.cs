namespace LambdaChat.Tests.Docs;

/// <summary>The texts of source files.</summary>
internal static class SourceFiles
{
    private static readonly string[] Outputs = ["bin", "obj"];

    /// <summary>All C# files in the folders of the function.</summary>
    public static IEnumerable<string> OfFunction =>
        Directory.EnumerateDirectories(Path.Combine(Document.Root, "src", "LambdaChat"))
            .Where(folder => !Outputs.Contains(Path.GetFileName(folder)))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Document.Root, "src", "LambdaChat"), "*.cs"))
            .Select(File.ReadAllText);
}
