using System.Reflection;

namespace LambdaChat.FunctionalTests.Docs;

/// <summary>Paths in the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Repository").Value!;

    public static string Docs { get; } = Path.Combine(Root, "src", "docs");

    /// <summary>True if this run writes the generated tables and the pictures instead of comparing them.</summary>
    public static bool UpdatesDocs => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "true";
}
