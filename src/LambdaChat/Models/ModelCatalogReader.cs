using System.Text;

namespace LambdaChat.Models;

/// <summary>Reads the catalogue from the variable <c>MODELS</c>, a JSON array, or else from the settings' <c>Models</c> section.</summary>
internal static class ModelCatalogReader
{
    private const string Section = "Models";
    private const string Smallest = """[{"name":"r1","endpoint":"my-endpoint"}]""";

    /// <exception cref="ConfigurationException">There is no model, or an entry is wrong.</exception>
    public static ModelCatalog Read(IConfiguration configuration)
    {
        var json = configuration[Section];
        var section = string.IsNullOrWhiteSpace(json) ? configuration.GetSection(Section) : ParseJson(json);
        var defaultRegion = configuration["AWS_REGION"] ?? configuration["AWS_DEFAULT_REGION"];
        var models = new List<Model>();
        foreach (var child in section.GetChildren())
        {
            var model = ReadModel(new ModelEntry(child), defaultRegion);
            if (models.Exists(other => other.Name == model.Name))
            {
                throw new ConfigurationException($"MODELS names the model {model.Name} twice.");
            }

            models.Add(model);
        }

        return models.Count > 0 ? new ModelCatalog(models) : throw new ConfigurationException($"No model is configured: set MODELS, at least to {Smallest}.");
    }

    private static Model ReadModel(ModelEntry entry, string? defaultRegion)
    {
        var name = entry.Required("name", entry.Text("name", maximumLength: 128));
        var model = new Model(
            name,
            entry.Required("endpoint", entry.ResourceName("endpoint")),
            entry.ResourceName("inferenceComponent"),
            entry.ResourceName("variant"),
            entry.ResourceName("region") ?? defaultRegion ?? throw entry.Wrong("region", "is required where AWS_REGION is not set"),
            entry.Text("servedName", maximumLength: 256) ?? "");
        entry.RefuseUnknown();
        return model;
    }

    private static IConfigurationSection ParseJson(string json)
    {
        if (!json.TrimStart().StartsWith('['))
        {
            throw new ConfigurationException($"MODELS must be a JSON array like {Smallest}.");
        }

        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"{{Section}}":{{json}}}"""));
            return new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection(Section);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException)
        {
            throw new ConfigurationException($"MODELS is not valid JSON; the smallest that works is {Smallest}.");
        }
    }
}
