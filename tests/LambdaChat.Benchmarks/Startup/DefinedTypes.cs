using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.AspNetCore.Builder;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>The types of assemblies by name, those that are internal too.</summary>
internal sealed class DefinedTypes : IDisposable
{
    private readonly List<PEReader> _files = [];
    private readonly Dictionary<string, List<DefinedType>> _types = [];
    private readonly Dictionary<(MetadataReader Reader, TypeDefinitionHandle Handle), DefinedType> _definitions = [];

    /// <param name="first">The paths of the assemblies whose types are found first.</param>
    public DefinedTypes(IEnumerable<string> first, IEnumerable<string> others)
    {
        foreach (var path in first.Concat(others))
        {
            Add(path);
        }
    }

    /// <summary>The paths of the assemblies of the .NET runtime and of ASP.NET Core.</summary>
    public static IEnumerable<string> Framework { get; } =
    [
        .. ((Type[])[typeof(object), typeof(WebApplication)]).SelectMany(
            type => Directory.EnumerateFiles(Path.GetDirectoryName(type.Assembly.Location)!, "*.dll").Order(StringComparer.Ordinal)),
    ];

    /// <inheritdoc cref="Find(string, int)"/>
    public IReadOnlyList<DefinedType> Find(JitType type) => Find(type.Name, type.Arguments.Count);

    /// <summary>All types of that name. Several assemblies may contain copies of an internal type.</summary>
    public IReadOnlyList<DefinedType> Find(string name, int arity) =>
        [.. _types.GetValueOrDefault(name, []).Where(type => type.Definition.GetGenericParameters().Count == arity)];

    /// <summary>An assembly's own type.</summary>
    public DefinedType Find(MetadataReader reader, TypeDefinitionHandle handle) => _definitions[(reader, handle)];

    /// <summary>The type that a reference of an assembly refers to, also through a facade assembly.</summary>
    public DefinedType Find(MetadataReader reader, TypeReferenceHandle handle)
    {
        var reference = reader.GetTypeReference(handle);
        var name = reader.GetString(reference.Name);
        if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var outer = Find(reader, (TypeReferenceHandle)reference.ResolutionScope);
            return _types[$"{outer.FullName}+{name}"].Single(type => type.Outer == outer);
        }

        var scope = reference.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name)
            : "";
        var space = reader.GetString(reference.Namespace);
        var candidates = _types[space.Length > 0 ? $"{space}.{name}" : name];
        return candidates.Find(type => type.Assembly.Name == scope) ?? candidates[0];
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void Add(string path)
    {
        var file = new PEReader(File.OpenRead(path));
        _files.Add(file);
        if (!file.HasMetadata || file.GetMetadataReader() is not { IsAssembly: true } reader)
        {
            return;
        }

        var assembly = new DefiningAssembly(reader.GetString(reader.GetAssemblyDefinition().Name), reader);
        foreach (var handle in reader.TypeDefinitions) // A nested type comes after the one around it.
        {
            var outer = reader.GetTypeDefinition(handle).GetDeclaringType();
            var type = _definitions[(reader, handle)] = new DefinedType(assembly, handle, outer.IsNil
                ? null
                : _definitions[(reader, outer)]);
            _types.TryAdd(type.FullName, []);
            _types[type.FullName].Add(type);
        }
    }
}
