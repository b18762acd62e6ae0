using System.Diagnostics.CodeAnalysis;

namespace LambdaChat.Models;

/// <summary>The models that clients may ask for, in the order of the configuration.</summary>
internal sealed class ModelCatalog
{
    private readonly Dictionary<string, Model> _byName;

    public ModelCatalog(IReadOnlyList<Model> models)
    {
        Models = models;
        _byName = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Model> Models { get; }

    public bool TryGet(string name, [NotNullWhen(true)] out Model? model) => _byName.TryGetValue(name, out model);
}
