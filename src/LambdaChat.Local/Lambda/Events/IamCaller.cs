using System.Text.Json;

namespace LambdaChat.Local.Lambda.Events;

/// <summary>The IAM principal of a signed request in an event.</summary>
internal static class IamCaller
{
    /// <summary>The account id of an ARN.</summary>
    public static string AccountOf(string iamArn) => iamArn.Split(':').ElementAtOrDefault(4) ?? "";

    /// <param name="idName">The format's name for the member with the unique id.</param>
    public static void Write(Utf8JsonWriter writer, string iamArn, string idName)
    {
        writer.WriteString("accessKey", "AKIDLOCAL");
        writer.WriteString("accountId", AccountOf(iamArn));
        writer.WriteString("userArn", iamArn);
        writer.WriteString(idName, "AIDALOCAL");
    }
}
