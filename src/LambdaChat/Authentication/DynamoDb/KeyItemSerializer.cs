using System.Globalization;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.DynamoDb;

/// <summary>
/// An API key as an item of the table. <c>pk</c> is <c>KEY#</c> and the hash in hexadecimal digits, and <c>sk</c> is <c>KEY</c>.
/// <c>until</c> (Unix seconds) is the time from which the key is refused. The TTL attribute <c>expires</c> only deletes replaced keys.
/// </summary>
internal static class KeyItemSerializer
{
    public const string Prefix = "KEY#";
    public const string SortKey = "KEY";

    private const int ShownLength = 12; // Of pk: the prefix and eight digits.

    private static readonly TimeSpan Keep = TimeSpan.FromDays(30); // How long a replaced key stays in the list.

    public static Dictionary<string, AttributeValue> Key(byte[] hash) => TableItems.Key(Prefix + Convert.ToHexStringLower(hash), SortKey);

    public static Dictionary<string, AttributeValue> Write(StoredKey stored)
    {
        var (key, item) = (stored.Key, Key(stored.Key.Hash));
        item["name"] = new AttributeValue(key.Name);
        item["created"] = Time(stored.Created);
        SetIf(item, "until", key.Expires is { } end ? Time(end) : null);
        SetIf(item, "models", Texts(key.Models));
        SetIf(item, "origins", Texts(key.Origins));
        SetIf(item, "limits", key.Limits is { } json ? new AttributeValue(json) : null);
        SetIf(item, "disabled", key.IsDisabled ? new AttributeValue { BOOL = true } : null);
        if (stored.IsReplaced)
        {
            item["replaced"] = new AttributeValue { BOOL = true };
            SetIf(item, TableItems.Expires, key.Expires is { } time ? Time(time + Keep) : null);
        }

        return item;
    }

    /// <exception cref="ConfigurationException">
    /// The item was not written by this program. The message names the key and the attribute.
    /// </exception>
    public static StoredKey Read(Dictionary<string, AttributeValue> item)
    {
        var hash = Find(item, "pk", static value => value.S is { } pk ? Convert.FromHexString(pk[Prefix.Length..]) : null);
        var name = Find(item, "name", static value => value.S);
        var key = new ApiKey(name ?? throw Invalid(item, "name"), hash ?? throw Invalid(item, "pk"))
        {
            Expires = ReadTime(item, "until"),
            Models = Find(item, "models", static value => value.SS),
            Origins = Find(item, "origins", static value => value.SS),
            IsDisabled = Flag(item, "disabled"),
            Limits = Find(item, "limits", static value => value.S),
        };
        var isReplaced = Flag(item, "replaced");
        return new StoredKey(key, ReadTime(item, "created") ?? DateTimeOffset.UnixEpoch, isReplaced);
    }

    /// <summary>Returns the name of a key whose other attributes may be wrong; null if it has none.</summary>
    public static string? FindName(Dictionary<string, AttributeValue> item) => item.GetValueOrDefault("name")?.S;

    private static void SetIf(Dictionary<string, AttributeValue> item, string name, AttributeValue? value)
    {
        if (value is not null)
        {
            item[name] = value;
        }
    }

    private static bool Flag(Dictionary<string, AttributeValue> item, string name) =>
        Find<object>(item, name, static value => value.BOOL) is true;

    // A restriction of another type than the expected one must not read as none.
    private static T? Find<T>(Dictionary<string, AttributeValue> item, string name, Func<AttributeValue, T?> read)
        where T : class
    {
        try
        {
            return item.TryGetValue(name, out var value) ? read(value) ?? throw new FormatException() : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            throw Invalid(item, name);
        }
    }

    // Without a name, the first digits of the hash are enough to find the item.
    private static ConfigurationException Invalid(Dictionary<string, AttributeValue> item, string attribute)
    {
        var key = FindName(item) is { } name ? $"the key {name}"
            : item.GetValueOrDefault("pk")?.S is { } pk ? $"the item {pk[..Math.Min(pk.Length, ShownLength)]}…"
            : "an item";
        return new ConfigurationException(
            $"The attribute {attribute} of {key} in TABLE is missing, or has another type or form than the keys command writes.");
    }

    private static AttributeValue? Texts(IReadOnlyList<string>? texts) => texts is null ? null : new AttributeValue { SS = [.. texts] };

    private static AttributeValue Time(DateTimeOffset time) =>
        new() { N = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) };

    private static DateTimeOffset? ReadTime(Dictionary<string, AttributeValue> item, string name) =>
        Find<object>(item, name, static value => value.N is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
            : null) is DateTimeOffset time ? time : null;
}

/// <summary>A key with the properties that only its administrator needs.</summary>
/// <param name="IsReplaced">True after a rotation has created another key.</param>
internal sealed record StoredKey(ApiKey Key, DateTimeOffset Created, bool IsReplaced = false);
