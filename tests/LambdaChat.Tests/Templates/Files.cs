namespace LambdaChat.Tests.Templates;

/// <summary>The files of the repository that describe a deployment. Templates are embedded in the assembly under their paths.</summary>
internal static class Files
{
    public static readonly string[] Templates = ["template.yaml", "src/stacks/endpoint.yaml", "src/stacks/site.yaml"];

    /// <summary>The folder of the solution file.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every Markdown file that may show a command to a reader, as paths from the root.</summary>
    public static IEnumerable<string> Documents() => ["README.md", "src/stacks/README.md", .. Folder("src/docs")];

    public static string Read(string name)
    {
        using var stream = typeof(Files).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Folder(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path));

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "LambdaChat.sln"))
        ? folder
        : FindRoot(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No folder above the tests has LambdaChat.sln."));
}
