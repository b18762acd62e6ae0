using System.Security.Cryptography;
using System.Text;
using LambdaChat.Authentication.Callers;
using LambdaChat.Hosting;

namespace LambdaChat.Authentication.Iam;

/// <summary>
/// A caller that AWS IAM has authorized. Its id is the name of the role or user and a hash of the ARN; its name has only eight digits of
/// the hash. Neither contains an ARN or an account id, because they appear in logs and tables. All sessions of a role are one caller.
/// </summary>
internal static class IamCaller
{
    private const int MaximumNameLength = 64;
    private const int AccountLength = 12;
    private const int NameDigits = 8;
    private const int IdBytes = 16; // Whoever may choose the path of a user finds an ARN with the same four bytes.

    /// <summary>Returns null if the identity has no usable ARN.</summary>
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
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stable)).AsSpan(0, IdBytes));
        var start = $"iam:{WithoutAccount(name, identity.AccountId)}-";
        return new Caller(start + hash[..NameDigits]) { Id = start + hash };
    }

    // Generated names often contain the account id.
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
