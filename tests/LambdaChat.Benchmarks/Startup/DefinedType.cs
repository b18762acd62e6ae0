using System.Reflection.Metadata;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>A type where it is defined.</summary>
/// <param name="Outer">The type that it is nested in.</param>
internal sealed record DefinedType(DefiningAssembly Assembly, TypeDefinitionHandle Handle, DefinedType? Outer)
{
    public TypeDefinition Definition => Assembly.Reader.GetTypeDefinition(Handle);

    public string Name => Assembly.Reader.GetString(Definition.Name);

    public string Namespace => Assembly.Reader.GetString(Definition.Namespace);

    public string FullName => Outer is not null ? $"{Outer.FullName}+{Name}" : Namespace.Length > 0 ? $"{Namespace}.{Name}" : Name;

    public bool IsValueType => FullName != "System.Enum" && BaseName() is "System.ValueType" or "System.Enum";

    private string BaseName()
    {
        var reader = Assembly.Reader;
        switch (Definition.BaseType)
        {
            case { IsNil: false, Kind: HandleKind.TypeReference } handle:
                var reference = reader.GetTypeReference((TypeReferenceHandle)handle);
                return $"{reader.GetString(reference.Namespace)}.{reader.GetString(reference.Name)}";
            case { IsNil: false, Kind: HandleKind.TypeDefinition } handle:
                var definition = reader.GetTypeDefinition((TypeDefinitionHandle)handle);
                return $"{reader.GetString(definition.Namespace)}.{reader.GetString(definition.Name)}";
            default:
                return "";
        }
    }
}

/// <summary>An assembly's name and metadata.</summary>
internal sealed record DefiningAssembly(string Name, MetadataReader Reader);
