using LambdaChat.Api.Requests;

namespace LambdaChat.Api.AgUi.Requests;

/// <summary>
/// Recognizes requests that may come from <c>@ag-ui/client</c> 0.0.42. Its versions before 1.0 all write the same members in the same
/// order. Other clients use another order, such as that of the documentation.
/// </summary>
internal static class OldClient
{
    private static readonly string[] Members = ["threadId", "runId", "tools", "context", "forwardedProps", "state", "messages"];

    /// <param name="root">The request body.</param>
    public static bool MayHaveSent(RequestItem root) =>
        root.Value.EnumerateObject().Select(static member => member.Name).SequenceEqual(Members, StringComparer.Ordinal);
}
