using System.Diagnostics.CodeAnalysis;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>The models that clients may ask for, in the order of the configuration.</summary>
internal sealed class ModelCatalog
{
    private readonly Dictionary<string, Model> _byName = new(StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">A name stands for two models, or two are the default.</exception>
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
                Default = Default is null ? model : throw new ConfigurationException($"MODELS has two defaults, {Default.Name} and {model.Name}.");
            }
        }
    }

    public IReadOnlyList<Model> Models { get; }

    /// <summary>The model of requests that name none; null where such requests are refused.</summary>
    public Model? Default { get; }

    /// <summary>Finds a model by its name or one of its aliases.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Model? model) => _byName.TryGetValue(name, out model);

    private void Add(string name, Model model)
    {
        if (!_byName.TryAdd(name, model))
        {
            throw new ConfigurationException($"MODELS names the model {name} twice.");
        }
    }
}
