using System.Reflection;
using System.Reflection.Emit;

namespace LambdaChat.Tests.Architecture;

/// <summary>
/// The references between the namespaces of an assembly, read from its metadata and IL: base types, signatures, fields, and every type,
/// method and field that a method body uses. A closure or an async method counts for the type that declares it.
/// </summary>
internal sealed class NamespaceGraph
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Assembly _assembly;
    private readonly string _root;
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _references = new(StringComparer.Ordinal);

    /// <param name="root">The assembly's root namespace; other namespaces are left out.</param>
    public NamespaceGraph(Assembly assembly, string root)
    {
        (_assembly, _root) = (assembly, root);
        foreach (var type in assembly.GetTypes().Where(type => NamespaceOf(type) is not null))
        {
            AddType(type);
        }
    }

    /// <summary>Each reference with one example: "A uses B: Type -> Type".</summary>
    public IEnumerable<(string From, string To, string Example)> References =>
        _references.SelectMany(from => from.Value.Select(to => (from.Key, to.Key, to.Value)));

    /// <summary>The namespaces on a circle, in order; empty if there is none.</summary>
    public IReadOnlyList<string> FindCircle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in _references.Keys)
        {
            if (Visit(start, [], done) is { Count: > 0 } circle)
            {
                return circle;
            }
        }

        return [];
    }

    private List<string>? Visit(string name, List<string> path, HashSet<string> done)
    {
        if (path.Contains(name))
        {
            return [.. path.SkipWhile(other => other != name), name];
        }

        if (!done.Add(name) || !_references.TryGetValue(name, out var targets))
        {
            return null;
        }

        return targets.Keys.Select(target => Visit(target, [.. path, name], done)).FirstOrDefault(circle => circle is not null);
    }

    private string? NamespaceOf(Type type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        var name = type.Namespace ?? "";
        return type.Assembly == _assembly && (name == _root || name.StartsWith(_root + ".", StringComparison.Ordinal)) ? name : null;
    }

    private void AddType(Type type)
    {
        Add(type, type.BaseType);
        Array.ForEach(type.GetInterfaces(), other => Add(type, other));
        Array.ForEach(type.GetFields(All), field => Add(type, field.FieldType));
        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            Add(type, (method as MethodInfo)?.ReturnType);
            Array.ForEach(method.GetParameters(), parameter => Add(type, parameter.ParameterType));
            AddBody(type, method);
        }
    }

    private void AddBody(Type type, MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        foreach (var local in body.LocalVariables)
        {
            Add(type, local.LocalType);
        }

        var bytes = body.GetILAsByteArray()!;
        for (var i = 0; i < bytes.Length;)
        {
            var code = bytes[i] == 0xFE ? Codes[(short)(0xFE00 | bytes[i + 1])] : Codes[bytes[i]];
            i += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                AddMember(type, method, BitConverter.ToInt32(bytes, i));
            }

            i += OperandSize(code.OperandType, bytes, i);
        }
    }

    private void AddMember(Type type, MethodBase method, int token)
    {
        var typeArguments = type.IsGenericType ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var member = type.Module.ResolveMember(token, typeArguments, methodArguments);
        Add(type, member as Type ?? member?.DeclaringType);
        if (member is MethodInfo { IsGenericMethod: true } generic)
        {
            Array.ForEach(generic.GetGenericArguments(), argument => Add(type, argument));
        }
    }

    private static int OperandSize(OperandType operand, byte[] bytes, int position) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, position)),
        _ => 4,
    };

    private void Add(Type from, Type? to)
    {
        if (to is null)
        {
            return;
        }

        if (to.HasElementType)
        {
            Add(from, to.GetElementType());
            return;
        }

        if (to.IsGenericType)
        {
            Array.ForEach(to.GetGenericArguments(), argument => Add(from, argument));
        }

        var source = NamespaceOf(from)!;
        if (!to.IsGenericParameter && NamespaceOf(to) is { } target && target != source)
        {
            if (!_references.TryGetValue(source, out var targets))
            {
                _references[source] = targets = new SortedDictionary<string, string>(StringComparer.Ordinal);
            }

            targets.TryAdd(target, $"{from.Name} -> {to.Name}");
        }
    }
}
