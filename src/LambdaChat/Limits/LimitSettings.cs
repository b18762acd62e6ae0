using System.Collections.Concurrent;
using System.Text.Json;
using LambdaChat.Configuration;
using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>
/// The configured limits. <c>LIMITS</c> is <c>{"keys":{"*":{…},"alice":{…}},"models":{"r1":{…}}}</c> with a <see cref="LimitSet"/> for
/// each name. A key has the limits of its item in the table, else those under its name, else those under <c>*</c>. They are never combined.
/// </summary>
internal sealed class LimitSettings
{
    private const string AnyKey = "*";
    private const int DefaultLeaseSeconds = 60;
    private const int MaximumParsed = 1024; // Texts.

    private readonly Dictionary<string, LimitSet> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitSet> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LimitSet> _parsed = new(StringComparer.Ordinal);

    private LimitSettings()
    {
    }

    /// <summary>True if replies continue while the table is unavailable; false if they then fail.</summary>
    public bool FailsOpen { get; private init; }

    /// <summary>
    /// How long a reply in progress counts in the table without a renewal. The replies of a killed environment count for this time.
    /// </summary>
    public TimeSpan Lease { get; private init; }

    /// <summary>Reads <c>LIMITS</c>, <c>LIMITS_FAILURE</c> and <c>LEASE_SECONDS</c>.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid. The message names the entry of <c>LIMITS</c>.</exception>
    public static LimitSettings Read(IConfiguration configuration)
    {
        var settings = new LimitSettings
        {
            FailsOpen = configuration.GetChoice("LIMITS_FAILURE", "open", ["open", "closed"]) == "open",
            Lease = configuration.GetSeconds("LEASE_SECONDS", DefaultLeaseSeconds, 3, 900),
        };
        if (configuration.GetText("LIMITS") is { } json)
        {
            settings.Add(json);
        }

        return settings;
    }

    /// <exception cref="ConfigurationException">A model with limits does not exist, or a cost limit has no prices.</exception>
    public void Check(ModelCatalog catalog)
    {
        foreach (var (name, limits) in _models)
        {
            var model = catalog.Models.FirstOrDefault(model => model.Name == name)
                ?? throw new ConfigurationException($"LIMITS models.{name} is not the name of a model in MODELS.");
            RequirePrices(model, limits, $"LIMITS models.{name}");
        }

        foreach (var (name, limits) in _keys)
        {
            foreach (var model in catalog.Models)
            {
                RequirePrices(model, limits, $"LIMITS keys.{name}");
            }
        }
    }

    /// <summary>Null if the caller has no limits.</summary>
    /// <exception cref="ConfigurationException">The caller's own limits are invalid.</exception>
    public LimitSet? Of(LimitedCaller caller) =>
        caller.Limits is not null ? ParseOwn(caller.Limits) : FindKey(caller.Id) ?? FindKey(caller.Name) ?? FindKey(AnyKey);

    /// <summary>Null if the model has no limits.</summary>
    public LimitSet? Of(Model model) => _models.GetValueOrDefault(model.Name);

    /// <summary>The limits of models that one caller can use up, as <see cref="SharedLimitCheck"/> finds them.</summary>
    public IEnumerable<(string Model, IReadOnlyList<string> Limits)> FindUnsafe(ModelCatalog catalog) =>
        from model in catalog.Models
        where _models.ContainsKey(model.Name)
        let found = SharedLimitCheck.FindUnsafe(model, _models[model.Name], _keys.Values, _keys.ContainsKey(AnyKey))
        where found.Count > 0
        select (model.Name, found);

    /// <exception cref="ConfigurationException">The limits bound the cost, and the model has no prices.</exception>
    public static void RequirePrices(Model model, LimitSet limits, string where)
    {
        if (limits.CostPerMonth is not null && model.Prices is null)
        {
            throw new ConfigurationException($"{where}.costPerMonth requires prices of the model {model.Name} in MODELS.");
        }
    }

    private LimitSet? FindKey(string? name) => name is null ? null : _keys.GetValueOrDefault(name);

    // Each text is parsed once: every request of a key in the table has the same text.
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

    private void Add(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Add(document.RootElement);
        }
        catch (JsonException)
        {
            throw new ConfigurationException("""LIMITS is not valid JSON. Example: {"keys":{"*":{"requestsPerMinute":60}}}.""");
        }
    }

    private void Add(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ConfigurationException("LIMITS must be a JSON object with the fields keys and models.");
        }

        foreach (var member in root.EnumerateObject())
        {
            Add(member.Value, member.Name, member.Name switch
            {
                "keys" => _keys,
                "models" => _models,
                _ => throw new ConfigurationException($"LIMITS has the unknown field {member.Name}. Its fields are keys and models."),
            });
        }
    }

    private static void Add(JsonElement json, string name, Dictionary<string, LimitSet> sets)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ConfigurationException($"LIMITS {name} must be a JSON object with a name for each set of limits.");
        }

        foreach (var entry in json.EnumerateObject())
        {
            if (!sets.TryAdd(entry.Name, LimitSet.Read(entry.Value, $"LIMITS {name}.{entry.Name}")))
            {
                throw new ConfigurationException($"LIMITS {name}.{entry.Name} is defined twice.");
            }
        }
    }
}
