namespace LambdaChat.Hosting;

/// <summary>A feature of servers that keep the written body bytes in memory, up to a limit, until they are sent.</summary>
internal interface IUnsentBodyFeature
{
    /// <summary>Discards the body bytes that are not sent yet.</summary>
    void DiscardUnsent();

    /// <summary>True if the bytes fit into the response in addition to those that are not sent yet.</summary>
    bool HasRoom(ReadOnlySpan<byte> bytes);

    /// <summary>True if the document fits into the response. A server that streams sends it in parts.</summary>
    bool HasRoom(IReadOnlyList<ReadOnlyMemory<byte>> document);
}
