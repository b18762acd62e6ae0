using LambdaChat.Api.Replies;
using LambdaChat.Tests.Recordings;

namespace LambdaChat.Tests.Api;

/// <summary>
/// Replies of real model servers, and of reported ones, through each API that translates them: the same content as a chat completion has.
/// </summary>
public sealed class ApiRecordingTests
{
    public static TheoryData<string, string> Cases => new(
        from api in RecordedReply.Apis
        from recording in RecordingData.Replies
        select (api, recording.Data));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Reply_HasWhatTheCompletionHas(string api, string path)
    {
        var recording = new Recording(path);
        if (!recording.IsChat || recording.Choices > 1)
        {
            return;
        }

        var (chunks, failure, _) = TranslatedReply.Run(recording);
        if (failure is not null)
        {
            var error = failure.ToError();
            var expected = api == "messages" ? error.AnthropicMessage ?? error.Message : error.Message;
            Assert.All(await RecordedReply.ReadErrorsAsync(api, chunks, failure), message => Assert.Equal(expected, message));
            return;
        }

        Assert.Equal(RecordedReply.OfCompletion(TranslatedReply.Aggregate(chunks)), await RecordedReply.ReadAsync(api, chunks));
    }
}
