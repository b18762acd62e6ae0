using System.Text.Json;

namespace LambdaChat.Local.Lambda;

/// <summary>Who signed a request, as events name them.</summary>
internal static class IamAccount
{
    /// <summary>The account in an ARN.</summary>
    public static string Of(string userArn) => userArn.Split(':')[4];

    /// <param name="idName">What the format calls the unique id.</param>
    public static void Write(Utf8JsonWriter writer, string userArn, string idName)
    {
        writer.WriteString("accessKey", "AKIDLOCAL");
        writer.WriteString("accountId", Of(userArn));
        writer.WriteString("userArn", userArn);
        writer.WriteString(idName, "AIDALOCAL");
    }
}
