using System.Buffers.Binary;
using System.IO.Hashing;

namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>
/// The prefix cache of a model server, as vLLM has it: blocks of 16 tokens, each found by the hash of itself and all blocks before it. The
/// blocks that were not used for the longest time are removed first. A token is four bytes of the prompt.
/// Source: https://docs.vllm.ai/en/latest/design/prefix_caching.html
/// </summary>
/// <param name="tokens">The number of tokens that the cache holds.</param>
internal sealed class PrefixCache(int tokens)
{
    private const int BytesPerToken = 4;
    private const int TokensPerBlock = 16;
    private const int BlockLength = BytesPerToken * TokensPerBlock;

    private readonly Dictionary<ulong, LinkedListNode<ulong>> _blocks = [];
    private readonly LinkedList<ulong> _byUse = new(); // The latest first.

    /// <summary>The tokens of a prompt.</summary>
    public static int CountTokens(ReadOnlySpan<byte> prompt) => (prompt.Length + BytesPerToken - 1) / BytesPerToken;

    /// <summary>The tokens at the start of a prompt that are in the cache. The last token is always computed.</summary>
    public int CountCached(ReadOnlySpan<byte> prompt)
    {
        var (count, hash) = (0, 0UL);
        while ((count + 1) * BlockLength < prompt.Length && _blocks.ContainsKey(hash = Hash(hash, Block(prompt, count))))
        {
            count++;
        }

        return count * TokensPerBlock;
    }

    /// <summary>Adds the full blocks of a prompt.</summary>
    public void Add(ReadOnlySpan<byte> prompt)
    {
        var hash = 0UL;
        for (var i = 0; (i + 1) * BlockLength <= prompt.Length; i++)
        {
            hash = Hash(hash, Block(prompt, i));
            Use(hash);
        }

        while (_blocks.Count > tokens / TokensPerBlock)
        {
            _blocks.Remove(_byUse.Last!.Value);
            _byUse.RemoveLast();
        }
    }

    private static ReadOnlySpan<byte> Block(ReadOnlySpan<byte> prompt, int index) => prompt.Slice(index * BlockLength, BlockLength);

    private static ulong Hash(ulong before, ReadOnlySpan<byte> block)
    {
        Span<byte> input = stackalloc byte[sizeof(ulong) + BlockLength];
        BinaryPrimitives.WriteUInt64LittleEndian(input, before);
        block.CopyTo(input[sizeof(ulong)..]);
        return XxHash3.HashToUInt64(input);
    }

    private void Use(ulong hash)
    {
        if (_blocks.TryGetValue(hash, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }
        else
        {
            _blocks[hash] = _byUse.AddFirst(hash);
        }
    }
}
