using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// Copies of the function's assemblies that count their steps, in a separate load context. The count is the same on each machine and under
/// each load. Each method and each jump back counts one; the library calls that <see cref="CountedCalls"/> has count what they read.
/// The others are noted when they run.
/// </summary>
internal sealed class StepAssemblies : AssemblyLoadContext
{
    private static readonly string[] Names = ["LambdaChat", "LambdaChat.Streaming"];
    private static readonly string Tests = typeof(StepAssemblies).Assembly.GetName().Name!;

    private readonly Dictionary<string, MethodDefinition> _counted = [];
    private readonly Dictionary<string, int> _notCounted = [];
    private readonly ModuleDefinition _tests;

    public StepAssemblies()
    {
        _tests = ModuleDefinition.ReadModule(PathOf(Tests));
        foreach (var method in _tests.GetType(typeof(CountedCalls).FullName).Methods.Where(method => method.IsPublic))
        {
            var types = method.Parameters.Select(parameter => TypeOf(parameter.ParameterType));
            _counted.Add($"{method.Name}({string.Join(',', types)})", method);
        }
    }

    /// <summary>Returns a method of these tests that runs with the counting copies.</summary>
    public TDelegate Find<TDelegate>(Type type, string method)
        where TDelegate : Delegate => LoadFromAssemblyName(new AssemblyName(Tests)).GetType(type.FullName!)!
            .GetMethod(method, BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<TDelegate>();

    /// <summary>Returns the library calls that ran and are not counted.</summary>
    public IEnumerable<string> FindNotCounted()
    {
        var noted = Find<Func<bool[]>>(typeof(StepCounter), nameof(StepCounter.GetNoted))();
        return _notCounted.Where(method => noted[method.Value]).Select(method => method.Key).Order(StringComparer.Ordinal);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Tests)
        {
            return LoadFromAssemblyPath(PathOf(Tests));
        }

        if (!Names.Contains(assemblyName.Name))
        {
            return null;
        }

        using var module = ModuleDefinition.ReadModule(PathOf(assemblyName.Name!));
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            Count(method);
        }

        using var copy = new MemoryStream();
        module.Write(copy);
        copy.Position = 0;
        return LoadFromStream(copy);
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, $"{name}.dll");

    private void Count(MethodDefinition method)
    {
        method.Body.SimplifyMacros();
        var (one, note) = (ImportCounter(method.Module, nameof(StepCounter.One)), ImportCounter(method.Module, nameof(StepCounter.Note)));
        var code = method.Body.GetILProcessor();
        foreach (var instruction in method.Body.Instructions.ToList())
        {
            if (instruction.Operand is Instruction target && target.Offset <= instruction.Offset)
            {
                code.InsertBefore(instruction, code.Create(OpCodes.Call, one));
            }
            else if (instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj && instruction.Operand is MethodReference called)
            {
                CountCall(code, instruction, called, note);
            }
        }

        code.InsertBefore(method.Body.Instructions[0], code.Create(OpCodes.Call, one));
        method.Body.OptimizeMacros();
    }

    private void CountCall(ILProcessor code, Instruction instruction, MethodReference called, MethodReference note)
    {
        if (FindCounted(code.Body.Method.Module, called) is { } counted)
        {
            instruction.OpCode = OpCodes.Call;
            instruction.Operand = counted;
        }
        else if (called.DeclaringType.GetElementType().Scope is AssemblyNameReference scope && !Names.Contains(scope.Name))
        {
            var types = called.Parameters.Select(parameter => TypeOf(parameter.ParameterType));
            var name = $"{TypeOf(called.DeclaringType)}.{called.Name}({string.Join(',', types)})";
            if (!_notCounted.TryGetValue(name, out var number))
            {
                _notCounted[name] = number = _notCounted.Count;
            }

            Note(code, instruction, called, number, note);
        }
    }

    // Jumps to the call must come to the note, so the note takes its place, unless the call has a prefix.
    private static void Note(ILProcessor code, Instruction instruction, MethodReference called, int number, MethodReference note)
    {
        if (instruction.Previous is { OpCode.OpCodeType: OpCodeType.Prefix } prefix)
        {
            code.InsertBefore(prefix, code.Create(OpCodes.Ldc_I4, number));
            code.InsertBefore(prefix, code.Create(OpCodes.Call, note));
            return;
        }

        code.InsertAfter(instruction, code.Create(instruction.OpCode, called));
        code.InsertAfter(instruction, code.Create(OpCodes.Call, note));
        instruction.OpCode = OpCodes.Ldc_I4;
        instruction.Operand = number;
    }

    private MethodReference ImportCounter(ModuleDefinition module, string name) =>
        module.ImportReference(_tests.GetType(typeof(StepCounter).FullName).Methods.Single(method => method.Name == name));

    // The counting method with the same parameters, which has the instance as its first one.
    private MethodReference? FindCounted(ModuleDefinition module, MethodReference called)
    {
        var self = called.HasThis ? $"{TypeOf(called.DeclaringType)}{(called.DeclaringType.IsValueType ? "&" : "")}" : null;
        var types = called.Parameters.Select(parameter => TypeOf(parameter.ParameterType));
        var key = $"{called.Name}({string.Join(',', self is null ? types : types.Prepend(self))})";
        if (called.Name == ".ctor" || !_counted.TryGetValue(key, out var counted))
        {
            return null;
        }

        var reference = module.ImportReference(counted);
        if (!counted.HasGenericParameters)
        {
            return reference;
        }

        // A method for char alone has them in its first parameter.
        var arguments = called is GenericInstanceMethod method ? method.GenericArguments
            : ((called.DeclaringType as GenericInstanceType) ?? (GenericInstanceType)called.Parameters[0].ParameterType).GenericArguments;
        var instance = new GenericInstanceMethod(reference);
        foreach (var argument in arguments)
        {
            instance.GenericArguments.Add(argument);
        }

        return instance;
    }

    // Without the names of type parameters and arguments.
    private static string TypeOf(TypeReference type) => type switch
    {
        ByReferenceType reference => $"{TypeOf(reference.ElementType)}&",
        ArrayType array => $"{TypeOf(array.ElementType)}[]",
        GenericInstanceType instance => $"{instance.ElementType.Name}<T>",
        GenericParameter => "T",
        _ => type.Name,
    };
}
