using System.Buffers;
using System.Net;
using System.Text;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Removes from an error text what identifies an account or a network: links, ARNs, account ids, access keys, private addresses,
/// internal host names and file paths. Each character is looked at a fixed number of times.
/// </summary>
internal static class InfrastructureRedactor
{
    private const string Host = "[host]";
    private const int AccountDigits = 12;
    private const int AccessKeyLength = 20;
    private const int MaximumAddressLength = 45; // Of IPv6, with an IPv4 address in it.

    private static readonly SearchValues<char> AccessKeyCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n\"'`");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789-");
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    private static readonly string[] Roots = ["/opt/", "/usr/", "/home/", "/root/", "/tmp/", "/var/", "/mnt/", "/app/", "/etc/",
        "/workspace/", "/sgl-workspace/", "/vllm-workspace/", "/srv/", "/data/", "/dev/", "/run/", "/proc/", "/model/",
        "/models/", "/code/"];

    private static readonly string[] PrivateDomains = [".internal", ".local", ".localdomain"];


    public static string Redact(string text)
    {
        var output = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var end = rest.IndexOfAny(WordEnds);
            var word = end < 0 ? rest : rest[..end];
            AppendWord(output, word);
            rest = rest[word.Length..];
            if (rest.Length > 0)
            {
                output.Append(rest[0]);
                rest = rest[1..];
            }
        }

        return output.ToString();
    }

    // A link reaches to the end of the word, an ARN to the next comma.
    private static void AppendWord(StringBuilder output, ReadOnlySpan<char> word)
    {
        var link = word.IndexOf("://");
        var scheme = link <= 0 ? -1 : link - 1 - LastRun(word[..link]);
        if (link > 0 && scheme + 1 < link)
        {
            AppendNames(output, word[..(scheme + 1)]);
            output.Append("[link]");
            return;
        }

        for (int start; (start = word.IndexOf("arn:aws", StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            AppendNames(output, word[..start]);
            output.Append("[arn]");
            var comma = word[start..].IndexOf(',');
            word = comma < 0 ? default : word[(start + comma)..];
        }

        AppendNames(output, word);
    }

    // The number of characters at the end of the text that a scheme may have.
    private static int LastRun(ReadOnlySpan<char> text) => text.Length - 1 - text.LastIndexOfAnyExcept(SchemeCharacters);

    private static void AppendNames(StringBuilder output, ReadOnlySpan<char> word)
    {
        while (word.Length > 0)
        {
            var length = word.IndexOfAnyExcept(NameCharacters);
            length = length < 0 ? word.Length : length;
            if (IsPrivateAddress(word[..length]))
            {
                output.Append(Host);
            }
            else
            {
                AppendName(output, word[..length]);
            }

            var next = word[length..].IndexOfAny(NameCharacters);
            next = next < 0 ? word.Length - length : next;
            output.Append(word.Slice(length, next));
            word = word[(length + next)..];
        }
    }

    // A name may have several parts: "upstream:10.0.3.4:8080/v1". A path reaches to the end of the name.
    private static void AppendName(StringBuilder output, ReadOnlySpan<char> name)
    {
        for (var mayBePath = true; name.Length > 0;)
        {
            if (mayBePath && IsPath(name))
            {
                output.Append("[path]").Append(name[name.TrimEnd(".:").Length..]);
                return;
            }

            var length = name.IndexOfAny(':', '/');
            var part = length < 0 ? name : name[..length];
            name = AppendPart(output, part, name[part.Length..]);
            mayBePath = name is [':', ..];
            if (name.Length > 0)
            {
                output.Append(name[0]);
                name = name[1..];
            }
        }
    }

    // Returns what follows the part: a port belongs to its host.
    private static ReadOnlySpan<char> AppendPart(StringBuilder output, ReadOnlySpan<char> part, ReadOnlySpan<char> rest)
    {
        var core = part.TrimEnd('.');
        if (Replacement(core) is not { } replacement)
        {
            AppendWithoutAccounts(output, part);
            return rest;
        }

        output.Append(replacement).Append(part[core.Length..]);
        return replacement == Host && rest is [':', >= '0' and <= '9', ..] ? rest[1..].TrimStart("0123456789") : rest;
    }

    private static string? Replacement(ReadOnlySpan<char> part) =>
        IsAccessKey(part) ? "[key]"
        : IsPrivateHost(part) ? Host
        : null;

    private static bool IsAccessKey(ReadOnlySpan<char> name) =>
        name.Length >= AccessKeyLength && (name.StartsWith("AKIA") || name.StartsWith("ASIA"))
            && !name.ContainsAnyExcept(AccessKeyCharacters);

    private static bool IsPath(ReadOnlySpan<char> name)
    {
        foreach (var root in Roots)
        {
            if (name.StartsWith(root))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPrivateHost(ReadOnlySpan<char> host) =>
        IsInPrivateDomain(host) || IsInstanceName(host)
        || (host.Count('.') == 3 && IPAddress.TryParse(host, out var address) && IsPrivate(address));

    private static bool IsInPrivateDomain(ReadOnlySpan<char> host)
    {
        foreach (var domain in PrivateDomains)
        {
            if (host.Length > domain.Length && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // An EC2 instance without its domain: ip-10-0-0-12
    private static bool IsInstanceName(ReadOnlySpan<char> host) =>
        host.StartsWith("ip-", StringComparison.OrdinalIgnoreCase) && host.Count('-') == 4
        && !host[3..].ContainsAnyExcept(AddressCharacters);

    // An address of IPv6 has colons, which divide other names.
    private static bool IsPrivateAddress(ReadOnlySpan<char> name) =>
        name.Length <= MaximumAddressLength && name.Count(':') >= 2 && IPAddress.TryParse(name, out var address)
        && (address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal
            || (address.IsIPv4MappedToIPv6 && IsPrivate(address.MapToIPv4())));

    // RFC 1918, link-local addresses, and the shared address space of RFC 6598.
    private static bool IsPrivate(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) && length == 4 &&
            (bytes[0], bytes[1]) is (10, _) or (192, 168) or (169, 254) or (172, >= 16 and < 32) or (100, >= 64 and < 128);
    }

    private static void AppendWithoutAccounts(StringBuilder output, ReadOnlySpan<char> name)
    {
        while (name.Length > 0)
        {
            var digits = name.IndexOfAnyExceptInRange('0', '9');
            digits = digits < 0 ? name.Length : digits;
            _ = digits == AccountDigits ? output.Append("[account]") : output.Append(name[..digits]);
            name = name[digits..];
            var other = name.IndexOfAnyInRange('0', '9');
            other = other < 0 ? name.Length : other;
            output.Append(name[..other]);
            name = name[other..];
        }
    }
}
