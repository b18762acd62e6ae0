using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>
/// A list of methods in the form that the ReadyToRun compiler takes: an assembly whose code names them. One method for each assembly that
/// defines some holds <c>ldtoken METHOD; pop</c>, and <c>AssemblyDictionary</c> holds <c>ldstr "ASSEMBLY;"; ldtoken THAT METHOD; pop</c>.
/// Source: https://github.com/dotnet/runtime/blob/main/src/coreclr/tools/aot/ILCompiler.ReadyToRun/IBC/MIbcProfileParser.cs
/// </summary>
internal sealed class Mibc(DefinedTypes types)
{
    private readonly MetadataBuilder _metadata = new();
    private readonly SortedDictionary<string, InstructionEncoder> _groups = new(StringComparer.Ordinal);

    private References References => field ??= new References(types, _metadata);

    /// <summary>False if no type defines the method, or if its signature cannot be written.</summary>
    public bool TryAdd(JitMethod method)
    {
        var arguments = method.Arguments.Select(References.Find).OfType<Action<SignatureTypeEncoder>>().ToList();
        if (arguments.Count < method.Arguments.Count)
        {
            return false;
        }

        var count = 0;
        foreach (var owner in types.Find(method.Owner.Name, method.Owner.Arguments.Count))
        {
            foreach (var overload in owner.Definition.GetMethods().Select(owner.Assembly.Reader.GetMethodDefinition))
            {
                count += TryAdd(method, owner, overload, arguments) ? 1 : 0;
            }
        }

        return count > 0;
    }

    public void Write(string path)
    {
        var bodies = new BlobBuilder();
        AddMethods(new MethodBodyStreamEncoder(bodies));
        _metadata.AddModule(0, _metadata.GetOrAddString("startup"), _metadata.GetOrAddGuid(new Guid(1, 0, 0, new byte[8])), encId: default,
            encBaseId: default);
        _metadata.AddAssembly(_metadata.GetOrAddString("startup"), new Version(1, 0, 0, 0), culture: default, publicKey: default,
            flags: default, AssemblyHashAlgorithm.None);
        _metadata.AddTypeDefinition(
            default, @namespace: default, _metadata.GetOrAddString("<Module>"), baseType: default, MetadataTokens.FieldDefinitionHandle(1),
                MetadataTokens.MethodDefinitionHandle(1));
        var image = new ManagedPEBuilder(
            new PEHeaderBuilder(imageCharacteristics: Characteristics.Dll | Characteristics.ExecutableImage),
            new MetadataRootBuilder(_metadata),
            bodies,
            deterministicIdProvider: content =>
                BlobContentId.FromHash(SHA256.HashData(content.SelectMany(blob => blob.GetBytes()).ToArray())));
        var bytes = new BlobBuilder();
        image.Serialize(bytes);
        File.WriteAllBytes(path, bytes.ToArray());
    }

    private bool TryAdd(JitMethod method, DefinedType owner, MethodDefinition overload, List<Action<SignatureTypeEncoder>> arguments)
    {
        if (owner.Assembly.Reader.GetString(overload.Name) != method.Name || overload.GetGenericParameters().Count != arguments.Count ||
            References.Find(owner, method.Owner.Arguments) is not { } type)
        {
            return false;
        }

        try
        {
            var signature = overload.DecodeSignature(References, genericContext: null);
            if (signature.ParameterTypes.Length != method.Parameters)
            {
                return false;
            }

            Group(owner.Assembly.Name).OpCode(ILOpCode.Ldtoken);
            Group(owner.Assembly.Name).Token(Refer(method.Name, type, signature, arguments));
            Group(owner.Assembly.Name).OpCode(ILOpCode.Pop);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private InstructionEncoder Group(string assembly)
    {
        if (!_groups.TryGetValue(assembly, out var group))
        {
            _groups[assembly] = group = new InstructionEncoder(new BlobBuilder());
        }

        return group;
    }

    private EntityHandle Refer(string name, Action<SignatureTypeEncoder> type, MethodSignature<Action<SignatureTypeEncoder>> signature,
        List<Action<SignatureTypeEncoder>> arguments)
    {
        var owner = new BlobBuilder();
        type(new BlobEncoder(owner).TypeSpecificationSignature());
        var blob = new BlobBuilder();
        new BlobEncoder(blob)
            .MethodSignature(signature.Header.CallingConvention, signature.GenericParameterCount, signature.Header.IsInstance)
            .Parameters(signature.ParameterTypes.Length, out var returned, out var parameters);
        signature.ReturnType(new SignatureTypeEncoder(returned.Builder));
        foreach (var parameter in signature.ParameterTypes)
        {
            parameter(new SignatureTypeEncoder(parameters.AddParameter().Builder));
        }

        var method = _metadata.AddMemberReference(
            _metadata.AddTypeSpecification(_metadata.GetOrAddBlob(owner)), _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(blob));
        if (arguments.Count == 0)
        {
            return method;
        }

        var instantiation = new BlobBuilder();
        var encoder = new BlobEncoder(instantiation).MethodSpecificationSignature(arguments.Count);
        arguments.ForEach(argument => argument(encoder.AddArgument()));
        return _metadata.AddMethodSpecification(method, _metadata.GetOrAddBlob(instantiation));
    }

    private void AddMethods(MethodBodyStreamEncoder bodies)
    {
        var noArguments = new BlobBuilder();
        new BlobEncoder(noArguments).MethodSignature().Parameters(0, returned => returned.Void(), parameters => { });
        var dictionary = new InstructionEncoder(new BlobBuilder());
        foreach (var (assembly, group) in _groups)
        {
            dictionary.LoadString(_metadata.GetOrAddUserString(assembly + ";"));
            dictionary.OpCode(ILOpCode.Ldtoken);
            dictionary.Token(AddMethod($"Assemblies_{assembly}", group));
            dictionary.OpCode(ILOpCode.Pop);
        }

        AddMethod("AssemblyDictionary", dictionary);

        MethodDefinitionHandle AddMethod(string name, InstructionEncoder body) => _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static,
            MethodImplAttributes.IL,
            _metadata.GetOrAddString(name),
            _metadata.GetOrAddBlob(noArguments),
            bodies.AddMethodBody(body, maxStack: 8),
            parameterList: default);
    }
}
