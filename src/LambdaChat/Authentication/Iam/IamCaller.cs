using System.Security.Cryptography;
using System.Text;
using LambdaChat.Authentication.Callers;
using LambdaChat.Hosting;

namespace LambdaChat.Authentication.Iam;

/// <summary>
/// The name by which a caller of AWS IAM is known: of a role or user the last part, and eight digits of a hash that tell two accounts apart. No ARN
/// and no account id, since it stands in logs. A session's name is not part of it: whoever has the role is one caller.
/// </summary>
internal static class IamCaller
{
    private const int MaximumNameLength = 64;
    private const int AccountLength = 12;

    /// <summary>Null where the identity names nobody.</summary>
    public static Caller? Of(IamIdentity identity)
    {
        // arn:aws:sts::123456789012:assumed-role/Role/session and arn:aws:iam::123456789012:user/path/Name
        if (identity.UserArn is not { Length: > 0 } arn || arn.Split(':', 6) is not ["arn", _, _, _, _, { Length: > 0 } resource])
        {
            return null;
        }

        var parts = resource.Split('/');
        var isSession = parts is ["assumed-role", _, _];
        var name = isSession ? parts[1] : parts[^1];
        var stable = isSession ? arn[..arn.LastIndexOf('/')] : arn;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stable)).AsSpan(0, 4));
        return new Caller($"iam:{WithoutAccount(name, identity.AccountId)}-{hash}");
    }

    // Names that tools make up often hold the account's id.
    private static string WithoutAccount(string name, string? account)
    {
        if (account is { Length: AccountLength })
        {
            name = name.Replace(account, "account", StringComparison.Ordinal);
        }

        name = new string([.. name.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '@' or '+' or '=')]);
        return name.Length > MaximumNameLength ? name[..MaximumNameLength] : name;
    }
}
