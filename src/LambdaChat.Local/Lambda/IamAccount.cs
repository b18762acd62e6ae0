using System.Text.Json;

namespace LambdaChat.Local.Lambda;

/// <summary>Who signed a request, as events name them.</summary>
internal static class IamAccount
{
    /// <summary>The account in an ARN.</summary>
    public static string Of(string iamArn) => iamArn.Split(':').ElementAtOrDefault(4) ?? "";

    /// <param name="idName">What the format calls the unique id.</param>
    public static void Write(Utf8JsonWriter writer, string iamArn, string idName)
    {
        writer.WriteString("accessKey", "AKIDLOCAL");
        writer.WriteString("accountId", Of(iamArn));
        writer.WriteString("userArn", iamArn);
        writer.WriteString(idName, "AIDALOCAL");
    }
}
