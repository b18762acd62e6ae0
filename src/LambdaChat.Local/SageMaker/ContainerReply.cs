namespace LambdaChat.Local.SageMaker;

/// <summary>What the model server behind the endpoint answers.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="ContentType">Its content type.</param>
/// <param name="Writes">Its body, write by write.</param>
internal sealed record ContainerReply(int Status, string ContentType, IAsyncEnumerable<byte[]> Writes);
