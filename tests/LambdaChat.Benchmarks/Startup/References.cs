using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>
/// Writes references to types into an assembly: those that the JIT compiler named, and those in the signatures of its methods, which are
/// copied from there. Each type is represented by the action that writes it.
/// </summary>
internal sealed class References(DefinedTypes types, MetadataBuilder metadata)
    : ISignatureTypeProvider<Action<SignatureTypeEncoder>, object?>
{
    // By the name that the JIT compiler prints.
    private static readonly Dictionary<string, PrimitiveTypeCode> Primitives = new()
    {
        ["bool"] = PrimitiveTypeCode.Boolean,
        ["char"] = PrimitiveTypeCode.Char,
        ["byte"] = PrimitiveTypeCode.Byte,
        ["sbyte"] = PrimitiveTypeCode.SByte,
        ["short"] = PrimitiveTypeCode.Int16,
        ["ushort"] = PrimitiveTypeCode.UInt16,
        ["int"] = PrimitiveTypeCode.Int32,
        ["uint"] = PrimitiveTypeCode.UInt32,
        ["long"] = PrimitiveTypeCode.Int64,
        ["ulong"] = PrimitiveTypeCode.UInt64,
        ["float"] = PrimitiveTypeCode.Single,
        ["double"] = PrimitiveTypeCode.Double,
        ["nint"] = PrimitiveTypeCode.IntPtr,
        ["nuint"] = PrimitiveTypeCode.UIntPtr,
    };

    private readonly Dictionary<DefinedType, TypeReferenceHandle> _types = [];
    private readonly Dictionary<DefiningAssembly, AssemblyReferenceHandle> _assemblies = [];

    public TypeReferenceHandle Add(DefinedType type)
    {
        if (!_types.TryGetValue(type, out var handle))
        {
            EntityHandle scope = type.Outer is null ? Add(type.Assembly) : Add(type.Outer);
            _types[type] = handle = metadata.AddTypeReference(scope, metadata.GetOrAddString(type.Namespace),
                metadata.GetOrAddString(type.Name));
        }

        return handle;
    }

    /// <summary>Returns the writer of a type that the JIT compiler named; null if no type has the name.</summary>
    public Action<SignatureTypeEncoder>? Find(JitType type)
    {
        var found = Primitives.TryGetValue(type.Name, out var primitive) ? GetPrimitiveType(primitive)
            : types.Find(type.Name, type.Arguments.Count) is [var definition, ..] ? Find(definition, type.Arguments)
            : null;
        for (var i = 0; i < type.Ranks && found is not null; i++)
        {
            found = GetSZArrayType(found);
        }

        return found;
    }

    /// <summary>The same where the definition is known.</summary>
    public Action<SignatureTypeEncoder>? Find(DefinedType definition, IReadOnlyList<JitType> arguments)
    {
        var found = arguments.Select(Find).OfType<Action<SignatureTypeEncoder>>().ToImmutableArray();
        return found.Length < arguments.Count ? null : found.IsEmpty ? Of(definition) : GetGenericInstantiation(Of(definition), found);
    }

    public Action<SignatureTypeEncoder> GetPrimitiveType(PrimitiveTypeCode typeCode) =>
        encoder => encoder.Builder.WriteByte((byte)typeCode);

    public Action<SignatureTypeEncoder> GetSZArrayType(Action<SignatureTypeEncoder> elementType) =>
        encoder => elementType(encoder.SZArray());

    public Action<SignatureTypeEncoder> GetArrayType(Action<SignatureTypeEncoder> elementType, ArrayShape shape) =>
        encoder => encoder.Array(elementType, written => written.Shape(shape.Rank, shape.Sizes, shape.LowerBounds));

    public Action<SignatureTypeEncoder> GetByReferenceType(Action<SignatureTypeEncoder> elementType) => encoder =>
    {
        encoder.Builder.WriteByte((byte)SignatureTypeCode.ByReference);
        elementType(encoder);
    };

    public Action<SignatureTypeEncoder> GetPointerType(Action<SignatureTypeEncoder> elementType) =>
        encoder => elementType(encoder.Pointer());

    public Action<SignatureTypeEncoder> GetPinnedType(Action<SignatureTypeEncoder> elementType) => elementType;

    public Action<SignatureTypeEncoder> GetGenericMethodParameter(object? genericContext, int index) =>
        encoder => encoder.GenericMethodTypeParameter(index);

    public Action<SignatureTypeEncoder> GetGenericTypeParameter(object? genericContext, int index) =>
        encoder => encoder.GenericTypeParameter(index);

    public Action<SignatureTypeEncoder> GetFunctionPointerType(MethodSignature<Action<SignatureTypeEncoder>> signature) =>
        throw new NotSupportedException("A method that takes a pointer to a function is left out.");

    // A modified type is a type with the modifier written before it.
    public Action<SignatureTypeEncoder> GetModifiedType(
        Action<SignatureTypeEncoder> modifier, Action<SignatureTypeEncoder> unmodifiedType, bool isRequired) => encoder =>
    {
        var name = new BlobBuilder();
        modifier(new SignatureTypeEncoder(name));
        encoder.Builder.WriteByte((byte)(isRequired ? SignatureTypeCode.RequiredModifier : SignatureTypeCode.OptionalModifier));
        encoder.Builder.WriteBytes(name.ToArray().AsSpan(1).ToArray()); // Without the byte that says class or value type.
        unmodifiedType(encoder);
    };

    public Action<SignatureTypeEncoder> GetGenericInstantiation(
        Action<SignatureTypeEncoder> genericType, ImmutableArray<Action<SignatureTypeEncoder>> typeArguments) => encoder =>
    {
        encoder.Builder.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        genericType(encoder);
        encoder.Builder.WriteCompressedInteger(typeArguments.Length);
        foreach (var argument in typeArguments)
        {
            argument(encoder);
        }
    };

    public Action<SignatureTypeEncoder> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        Of(types.Find(reader, handle));

    public Action<SignatureTypeEncoder> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        Of(types.Find(reader, handle));

    public Action<SignatureTypeEncoder> GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    private Action<SignatureTypeEncoder> Of(DefinedType type) => encoder => encoder.Type(Add(type), type.IsValueType);

    private AssemblyReferenceHandle Add(DefiningAssembly assembly)
    {
        if (!_assemblies.TryGetValue(assembly, out var handle))
        {
            var name = assembly.Reader.GetAssemblyDefinition().GetAssemblyName();
            _assemblies[assembly] = handle = metadata.AddAssemblyReference(
                metadata.GetOrAddString(assembly.Name), name.Version!, culture: default,
                    metadata.GetOrAddBlob(name.GetPublicKeyToken() ?? []), flags: default, hashValue: default);
        }

        return handle;
    }
}
