namespace LambdaChat.Http;

/// <summary>Marks an endpoint that needs no key.</summary>
internal sealed class AnonymousAccess
{
    public static AnonymousAccess Endpoint { get; } = new();
}
