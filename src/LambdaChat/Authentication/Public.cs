namespace LambdaChat.Authentication;

/// <summary>Marks an endpoint that needs no key.</summary>
internal sealed class Public
{
    public static Public Endpoint { get; } = new();
}
