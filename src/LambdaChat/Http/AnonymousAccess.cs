using Microsoft.AspNetCore.Authorization;

namespace LambdaChat.Http;

/// <summary>
/// Marks an endpoint that needs no API key, with the framework's own metadata. <c>AllowAnonymousAttribute</c> would load another assembly
/// at start; the interface is in one that routing loads anyway.
/// </summary>
internal sealed class AnonymousAccess : IAllowAnonymous
{
    public static AnonymousAccess Endpoint { get; } = new();
}
