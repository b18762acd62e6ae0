namespace LambdaChat.Hosting;

/// <summary>A feature of servers that can discard written body bytes until they are flushed.</summary>
internal interface IUnsentBodyFeature
{
    /// <summary>Discards the body bytes that are not sent yet.</summary>
    void DiscardUnsent();
}
