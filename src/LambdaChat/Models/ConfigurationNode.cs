using System.Globalization;
using System.Text;
using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>
/// A part of the configured catalogue: a text, or parts of its own. Arrays have the indexes as keys, and case does not matter in them, as in
/// <see cref="IConfiguration"/>, which would read a whole model in ten times the time, at each start.
/// </summary>
internal sealed class ConfigurationNode(string key, ConfigurationNode? parent = null)
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly List<ConfigurationNode> _children = [];

    public string Key => key;

    /// <summary>Null for a JSON null, and where there are children.</summary>
    public string? Value { get; private set; }

    public IReadOnlyList<ConfigurationNode> Children => _children;

    /// <summary>True where the children are those of a list.</summary>
    public bool IsList
    {
        get
        {
            var i = 0;
            return _children.Count > 0 && _children.TrueForAll(child => child.Key == Index(i++));
        }
    }

    /// <summary>The child of that key; null where there is none.</summary>
    public ConfigurationNode? Find(string name) => _children.Find(child => child.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="ConfigurationException">A member stands twice.</exception>
    public static ConfigurationNode Parse(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), Options);
        var setting = new ConfigurationNode("");
        reader.Read();
        setting.Fill(ref reader);
        reader.Read(); // Finds what stands behind the end.
        return setting;
    }

    public static ConfigurationNode Of(IConfigurationSection section) => Copy(section, new ConfigurationNode(section.Key));

    private static ConfigurationNode Copy(IConfigurationSection section, ConfigurationNode setting)
    {
        foreach (var child in section.GetChildren())
        {
            Copy(child, setting.Add(child.Key));
        }

        setting.Value = setting._children.Count > 0 ? null : section.Value;
        return setting;
    }

    private void Fill(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var child = Add(reader.GetString()!);
                    reader.Read();
                    child.Fill(ref reader);
                }

                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Add(Index(_children.Count)).Fill(ref reader);
                }

                break;
            case JsonTokenType.String:
                Value = reader.GetString();
                break;
            case not JsonTokenType.Null:
                Value = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
        }
    }

    private ConfigurationNode Add(string name)
    {
        var child = new ConfigurationNode(name, this);
        if (Find(name) is not null)
        {
            throw new ConfigurationException($"MODELS entry {child.Place} stands twice.");
        }

        _children.Add(child);
        return child;
    }

    // 0: defaults.stop
    private string Place => parent is null ? "" : parent.Place switch
    {
        "" => key,
        var place when place.Contains(':') => $"{place}.{key}",
        var entry => $"{entry}: {key}",
    };

    private static string Index(int i) => i.ToString(CultureInfo.InvariantCulture);
}
