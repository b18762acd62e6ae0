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

    /// <exception cref="ConfigurationException">The item was not written by this program.</exception>
    public static StoredKey Read(Dictionary<string, AttributeValue> item)
    {
        try
        {
            var hash = Convert.FromHexString(RequiredText(item, "pk")[Prefix.Length..]);
            var key = new ApiKey(RequiredText(item, "name"), hash)
            {
                Expires = ReadTime(item, "until"),
                Models = Find(item, "models", static value => value.SS),
                Origins = Find(item, "origins", static value => value.SS),
                IsDisabled = Flag(item, "disabled"),
                Limits = Text(item, "limits"),
            };
            var isReplaced = Flag(item, "replaced");
            return new StoredKey(key, ReadTime(item, "created") ?? DateTimeOffset.UnixEpoch, isReplaced);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            throw new ConfigurationException("An item in TABLE is not a key that the keys command has written.");
        }
    }

    private static void SetIf(Dictionary<string, AttributeValue> item, string name, AttributeValue? value)
    {
        if (value is not null)
        {
            item[name] = value;
        }
    }

    private static string RequiredText(Dictionary<string, AttributeValue> item, string name) =>
        Text(item, name) ?? throw new FormatException();

    private static string? Text(Dictionary<string, AttributeValue> item, string name) => Find(item, name, static value => value.S);

    private static bool Flag(Dictionary<string, AttributeValue> item, string name) =>
        Find<object>(item, name, static value => value.BOOL) is true;

    // A restriction of another type than the expected one must not read as none.
    private static T? Find<T>(Dictionary<string, AttributeValue> item, string name, Func<AttributeValue, T?> read)
        where T : class =>
        item.TryGetValue(name, out var value) ? read(value) ?? throw new FormatException() : null;

    private static AttributeValue? Texts(IReadOnlyList<string>? texts) => texts is null ? null : new AttributeValue { SS = [.. texts] };

    private static AttributeValue Time(DateTimeOffset time) =>
        new() { N = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) };

    private static DateTimeOffset? ReadTime(Dictionary<string, AttributeValue> item, string name) =>
        Find(item, name, static value => value.N) is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
            : null;
}

/// <summary>A key with the properties that only its administrator needs.</summary>
/// <param name="IsReplaced">True after a rotation has created another key.</param>
internal sealed record StoredKey(ApiKey Key, DateTimeOffset Created, bool IsReplaced = false);
