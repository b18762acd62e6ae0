using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// Copies of the function's assemblies that count their steps, in a separate load context. The count is the same on each machine and under
/// each load. Each method and each jump back counts one; the library calls that <see cref="CountedCalls"/> has count what they read.
/// </summary>
internal sealed class StepAssemblies : AssemblyLoadContext
{
    private static readonly string[] Names = ["LambdaChat", "LambdaChat.Streaming"];
    private static readonly string Tests = typeof(StepAssemblies).Assembly.GetName().Name!;

    private readonly Dictionary<string, MethodDefinition> _counted = [];
    private readonly ModuleDefinition _tests;

    public StepAssemblies()
    {
        _tests = ModuleDefinition.ReadModule(PathOf(Tests));
        foreach (var method in _tests.GetType(typeof(CountedCalls).FullName).Methods.Where(method => method.IsPublic))
        {
            _counted.Add($"{method.Name}({string.Join(',', method.Parameters.Select(parameter => TypeOf(parameter.ParameterType)))})", method);
        }
    }

    /// <summary>Returns a method of these tests that runs with the counting copies.</summary>
    public TDelegate Find<TDelegate>(Type type, string method)
        where TDelegate : Delegate => LoadFromAssemblyName(new AssemblyName(Tests)).GetType(type.FullName!)!
            .GetMethod(method, BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<TDelegate>();

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
        var one = method.Module.ImportReference(_tests.GetType(typeof(StepCounter).FullName).Methods.Single(m => m.Name == "One"));
        var code = method.Body.GetILProcessor();
        foreach (var instruction in method.Body.Instructions.ToList())
        {
            if (instruction.Operand is Instruction target && target.Offset <= instruction.Offset)
            {
                code.InsertBefore(instruction, code.Create(OpCodes.Call, one));
            }
            else if (instruction.OpCode.Code is Code.Call or Code.Callvirt && instruction.Operand is MethodReference called
                && FindCounted(method.Module, called) is { } counted)
            {
                instruction.OpCode = OpCodes.Call;
                instruction.Operand = counted;
            }
        }

        code.InsertBefore(method.Body.Instructions[0], code.Create(OpCodes.Call, one));
        method.Body.OptimizeMacros();
    }

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

        var arguments = called is GenericInstanceMethod method ? method.GenericArguments
            : ((GenericInstanceType)called.DeclaringType).GenericArguments;
        var instance = new GenericInstanceMethod(reference);
        instance.GenericArguments.Add(arguments[0]);
        return instance;
    }

    // Without the names of type parameters and arguments.
    private static string TypeOf(TypeReference type) => type switch
    {
        ByReferenceType reference => $"{TypeOf(reference.ElementType)}&",
        GenericInstanceType instance => $"{instance.ElementType.Name}<T>",
        GenericParameter => "T",
        _ => type.Name,
    };
}
