namespace LambdaChat.Tests.Templates;

/// <summary>The repository's files that are about deploying, embedded under their paths.</summary>
internal static class Files
{
    public static readonly string[] Templates = ["template.yaml", "src/stacks/endpoint.yaml", "src/stacks/site.yaml"];

    public static string Read(string name)
    {
        using var stream = typeof(Files).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
