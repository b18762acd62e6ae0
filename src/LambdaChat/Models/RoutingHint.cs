using System.Buffers.Binary;
using System.Globalization;

namespace LambdaChat.Models;

/// <summary>
/// The hint by which SageMaker's <c>PREFIX_AWARE</c> routing keeps a conversation on one instance. It is a value, so that a call allocates
/// nothing for it. Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
/// </summary>
internal readonly record struct RoutingHint(ulong First, ulong Second)
{
    /// <summary>The hint on the OpenAI route, and the name that a client gives a conversation.</summary>
    public const string BodyMember = "prompt_cache_key";

    /// <summary>The length of the text, of the 64 characters that SageMaker accepts.</summary>
    public const int Length = 32;

    public static RoutingHint Of(ReadOnlySpan<byte> hash) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[sizeof(ulong)..]));

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static RoutingHint? Parse(string? text) => text is null ? null : Of(Convert.FromHexString(text));

    // In halves: a cold start would have to compile 14 methods that format a UInt128.
    public void WriteTo(Span<byte> output)
    {
        First.TryFormat(output, out _, "x16", CultureInfo.InvariantCulture);
        Second.TryFormat(output[(Length / 2)..], out _, "x16", CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:x16}{Second:x16}");
}
