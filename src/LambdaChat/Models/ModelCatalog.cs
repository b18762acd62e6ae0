using System.Diagnostics.CodeAnalysis;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>The configured models, in the order of the configuration.</summary>
internal sealed class ModelCatalog
{
    private readonly Dictionary<string, Model> _byName = new(StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">Two models share a name, or two are the default.</exception>
    public ModelCatalog(IReadOnlyList<Model> models)
    {
        Models = models;
        foreach (var model in models)
        {
            Add(model.Name, model);
            foreach (var alias in model.Aliases)
            {
                Add(alias, model);
            }

            if (model.IsDefault)
            {
                Default = Default is null
                    ? model
                    : throw new ConfigurationException($"MODELS has two default models, {Default.Name} and {model.Name}.");
            }
        }
    }

    public IReadOnlyList<Model> Models { get; }

    /// <summary>The model for requests without a <c>model</c>; null if such requests are refused.</summary>
    public Model? Default { get; }

    /// <summary>Finds a model by its name or one of its aliases.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Model? model) => _byName.TryGetValue(name, out model);

    private void Add(string name, Model model)
    {
        if (!_byName.TryAdd(name, model))
        {
            throw new ConfigurationException($"MODELS uses the name {name} for two models.");
        }
    }
}
