using System.Globalization;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.Cli;

/// <summary>Runs the commands on the keys of a table.</summary>
internal sealed class KeyAdministration(KeyDirectory directory, TimeProvider timeProvider, Action<string> print)
{
    /// <exception cref="ConfigurationException">
    /// The key to create exists, the key to change does not, or all keys of the name have been replaced.
    /// </exception>
    public Task RunAsync(KeysCommandLine line) => line.Verb switch
    {
        "create" => CreateAsync(line),
        "list" => ListAsync(),
        "disable" => ChangeAsync(line.Name, stored => stored with { Key = stored.Key with { IsDisabled = true } }, "is disabled"),
        "enable" => ChangeAsync(line.Name, stored => stored with { Key = stored.Key with { IsDisabled = false } }, "is enabled"),
        "limit" => ChangeAsync(
            line.Name,
            stored => stored with { Key = stored.Key with { Limits = line.Limits } },
            line.Limits is null ? "has no limits" : $"has the limits {line.Limits}"),
        "rotate" => RotateAsync(line),
        "remove" => RemoveAsync(line.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(line), line.Verb, "The command is unknown."),
    };

    private async Task CreateAsync(KeysCommandLine line)
    {
        var (keys, unreadable) = await directory.ListAsync(CancellationToken.None);
        if (keys.Any(stored => stored.Key.Name == line.Name) || unreadable.Any(item => item.Name == line.Name))
        {
            throw new ConfigurationException($"The key {line.Name} already exists. Rotate it, remove it, or use another name.");
        }

        var key = ApiKeyGenerator.Create();
        var created = new ApiKey(line.Name, ApiKeyGenerator.Hash(key))
        {
            Expires = line.Expires,
            Models = line.Models,
            Origins = line.Origins,
            Limits = line.Limits,
        };
        await directory.PutAsync(new StoredKey(created, timeProvider.GetUtcNow()), CancellationToken.None);
        print(NewKeyOutput.Show(key));
    }

    private async Task ListAsync()
    {
        var (keys, unreadable) = await directory.ListAsync(CancellationToken.None);
        foreach (var stored in keys)
        {
            print(Describe(stored));
        }

        foreach (var item in unreadable)
        {
            print(item.Reason);
        }
    }

    private async Task ChangeAsync(string name, Func<StoredKey, StoredKey> change, string outcome)
    {
        var (keys, unreadable) = await FindAsync(name);
        foreach (var stored in keys)
        {
            await directory.PutAsync(change(stored), CancellationToken.None);
        }

        ThrowIfAny(unreadable);
        print($"{name} {outcome}.");
    }

    // The new key is written first: if the rotation fails halfway, both keys are valid.
    private async Task RotateAsync(KeysCommandLine line)
    {
        var now = timeProvider.GetUtcNow();
        var end = now + line.Grace;
        var (keys, unreadable) = await FindAsync(line.Name);
        ThrowIfAny(unreadable);
        var old = keys.Where(stored => !stored.IsReplaced).ToList();
        if (old is not [.., var last])
        {
            throw new ConfigurationException($"All keys of {line.Name} have already been replaced.");
        }

        var key = ApiKeyGenerator.Create();
        var created = last with { Key = last.Key with { Hash = ApiKeyGenerator.Hash(key) }, Created = now };
        await directory.PutAsync(created, CancellationToken.None);
        foreach (var stored in old)
        {
            var replaced = stored.Key with { Expires = stored.Key.Expires < end ? stored.Key.Expires : end };
            await directory.PutAsync(stored with { Key = replaced, IsReplaced = true }, CancellationToken.None);
        }

        print($"{NewKeyOutput.Show(key)} The old key expires at {Time(end)} at the latest.");
    }

    private async Task RemoveAsync(string name)
    {
        var (keys, unreadable) = await FindAsync(name);
        foreach (var stored in keys)
        {
            await directory.RemoveAsync(stored, CancellationToken.None);
        }

        foreach (var item in unreadable)
        {
            await directory.RemoveAsync(item, CancellationToken.None);
        }

        print($"{name} is removed.");
    }

    private async Task<KeyList> FindAsync(string name)
    {
        var (keys, unreadable) = await directory.ListAsync(CancellationToken.None);
        var found = new KeyList(
            [.. keys.Where(stored => stored.Key.Name == name)], [.. unreadable.Where(item => item.Name == name)]);
        return found.Keys.Count + found.Unreadable.Count > 0 ? found : throw new ConfigurationException($"The key {name} does not exist.");
    }

    private static void ThrowIfAny(IReadOnlyList<UnreadableKey> unreadable)
    {
        if (unreadable is [var first, ..])
        {
            throw new ConfigurationException($"{first.Reason} Correct it, or remove the key.");
        }
    }

    private string Describe(StoredKey stored)
    {
        var key = stored.Key;
        var state = key.IsDisabled ? "disabled"
            : key.Expires <= timeProvider.GetUtcNow() ? "expired"
            : stored.IsReplaced ? "replaced"
            : "active";
        var end = key.Expires is { } time ? $", expires {Time(time)}" : "";
        var limits = key.Limits is { } json ? $", limits {json}" : "";
        var restrictions = Part("models", key.Models) + Part("origins", key.Origins);
        return $"{key.Name}: {state}, created {Time(stored.Created)}{end}{restrictions}{limits}";
    }

    private static string Part(string name, IReadOnlyList<string>? texts) => texts is null ? "" : $", {name} {string.Join(' ', texts)}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
