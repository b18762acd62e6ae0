using System.Collections.Concurrent;
using System.Text.Json;
using LambdaChat.Authentication.Callers;
using LambdaChat.Configuration;
using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>
/// What callers may spend by configuration: <c>LIMITS</c> is <c>{"keys":{"*":{…},"alice":{…}},"models":{"r1":{…}}}</c>, with a
/// <see cref="LimitSet"/> for each. A key's limits are its own from the table, or those under its name, or those under <c>*</c>; never a mixture.
/// </summary>
internal sealed class LimitSettings
{
    private const string AnyKey = "*";
    private const int DefaultLeaseSeconds = 60;
    private const int MaximumParsed = 1024;

    private readonly Dictionary<string, LimitSet> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitSet> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LimitSet> _parsed = new(StringComparer.Ordinal);

    private LimitSettings()
    {
    }

    /// <summary>True where replies go on while the table gives no answer; false where they then fail.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>How long a reply under way counts as such in the table without a renewal: as long as one of a killed environment.</summary>
    public TimeSpan Lease { get; private init; }

    /// <summary>Reads <c>LIMITS</c>, <c>STORE_FAILURE</c> and <c>LEASE_SECONDS</c>.</summary>
    /// <exception cref="ConfigurationException">One is wrong; an entry of <c>LIMITS</c> is named.</exception>
    public static LimitSettings Read(IConfiguration configuration)
    {
        var settings = new LimitSettings
        {
            IsOpen = configuration.GetChoice("STORE_FAILURE", "open", ["open", "closed"]) == "open",
            Lease = configuration.GetSeconds("LEASE_SECONDS", DefaultLeaseSeconds, 3, 900),
        };
        if (configuration.GetText("LIMITS") is { } json && !string.IsNullOrWhiteSpace(json))
        {
            settings.Add(json);
        }

        return settings;
    }

    /// <exception cref="ConfigurationException">A model that is limited does not exist, or a limited cost has no price.</exception>
    public void Check(ModelCatalog catalog)
    {
        foreach (var (name, limits) in _models)
        {
            var model = catalog.Models.FirstOrDefault(model => model.Name == name) ?? throw new ConfigurationException($"LIMITS models.{name} names no model of MODELS.");
            CheckPrice(model, limits, $"LIMITS models.{name}");
        }

        foreach (var (name, limits) in _keys)
        {
            foreach (var model in catalog.Models)
            {
                CheckPrice(model, limits, $"LIMITS keys.{name}");
            }
        }
    }

    /// <summary>Null if the caller has no limits.</summary>
    /// <exception cref="ConfigurationException">The caller's own limits are invalid.</exception>
    public LimitSet? Of(Caller caller) =>
        caller.Limits is { } json ? ParseOwn(json)
        : caller.Name is { } name && _keys.TryGetValue(name, out var limits) ? limits : _keys.GetValueOrDefault(AnyKey);

    /// <summary>Null where the model has no limits.</summary>
    public LimitSet? Of(Model model) => _models.GetValueOrDefault(model.Name);

    // Parsed once for each text: a key's limits come with every request.
    private LimitSet ParseOwn(string json)
    {
        if (_parsed.TryGetValue(json, out var limits))
        {
            return limits;
        }

        limits = LimitSet.Parse(json, "limits");
        if (_parsed.Count >= MaximumParsed)
        {
            _parsed.Clear();
        }

        return _parsed[json] = limits;
    }

    private static void CheckPrice(Model model, LimitSet limits, string where)
    {
        if (limits.CostPerMonth is not null && model.Prices is null)
        {
            throw new ConfigurationException($"{where}.costPerMonth needs the prices of the model {model.Name} in MODELS.");
        }
    }

    private void Add(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Add(document.RootElement);
        }
        catch (JsonException)
        {
            throw new ConfigurationException("""LIMITS is not valid JSON; it is like {"keys":{"*":{"requestsPerMinute":60}}}.""");
        }
    }

    private void Add(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ConfigurationException("LIMITS must be an object with keys and models.");
        }

        foreach (var member in root.EnumerateObject())
        {
            Add(member.Value, member.Name, member.Name switch
            {
                "keys" => _keys,
                "models" => _models,
                _ => throw new ConfigurationException($"LIMITS has the unknown member {member.Name}; it may have keys and models."),
            });
        }
    }

    private static void Add(JsonElement json, string name, Dictionary<string, LimitSet> sets)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ConfigurationException($"LIMITS {name} must be an object of names.");
        }

        foreach (var entry in json.EnumerateObject())
        {
            if (!sets.TryAdd(entry.Name, LimitSet.Read(entry.Value, $"LIMITS {name}.{entry.Name}")))
            {
                throw new ConfigurationException($"LIMITS {name}.{entry.Name} stands twice.");
            }
        }
    }
}
