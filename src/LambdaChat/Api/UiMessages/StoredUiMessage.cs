using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.UiMessages.Replies;

namespace LambdaChat.Api.UiMessages;

/// <summary>What is stored with the chunks of a reply.</summary>
/// <param name="Earlier">The events of the earlier steps of the message.</param>
internal sealed record StoredUiMessage(StoredBlocks Blocks, byte[] Earlier)
{
    public byte[] Write() => Blocks.Write(writer => writer.WriteString("earlier"u8, Earlier));

    public static StoredUiMessage Read(JsonElement json) =>
        new(StoredBlocks.Read(json), Encoding.UTF8.GetBytes(json.GetProperty("earlier").GetString()!));

    /// <summary>Creates the writer of the reply.</summary>
    /// <param name="isResumed">True to write the earlier steps, too.</param>
    public BlockStream CreateWriter(HttpResponse response, bool isResumed)
    {
        var ids = Blocks.CreateIds();
        return new BlockStream(
            response, output => new UiMessageEvents(Blocks.Id, Blocks.Model, ids, output, isResumed ? Earlier : default));
    }
}
