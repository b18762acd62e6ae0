using System.Text.Json;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>How the scripted model continues a message, and how <c>stand_in.joint</c> makes it fail to.</summary>
internal static class ContinuedReply
{
    private const string OtherAnswer = "I see. What else can I do for you?";
    private const string OtherThinking = "Now what was it that I wanted to say?";

    /// <summary>The rest of the reply after a message.</summary>
    public static ModelReply Apply(ModelReply reply, ContinuedMessage message) => reply with
    {
        Choices = [.. reply.Choices.Select(choice => Rest(choice, message, JointOf(reply.Request)))],
        KeptTokens = Script.Split(message.Thinking).Count + Script.Split(message.Answer).Count,
    };

    // SGLang's reasoning parser treats a continued answer as thinking. Mistral repeats the prefix.
    private static string? JointOf(EmulatorRequest request) =>
        request.StandIn.Joint ?? (request.StandIn.Server.StartsWith("sglang", StringComparison.Ordinal)
            && request.Root["separate_reasoning"]?.GetValueKind() != JsonValueKind.False ? JointFault.Misread
            : request.StandIn.Server == "mistral" ? JointFault.Echo : null);

    private static ScriptedChoice Rest(ScriptedChoice choice, ContinuedMessage message, string? joint)
    {
        var (thinking, answer) = (string.Concat(choice.Reasoning), string.Concat(choice.Content));
        if (message.IsInThinking)
        {
            return choice with { Reasoning = Script.Split(Continue(thinking, message.Thinking, joint)), IsContinued = true };
        }

        var rest = Script.Split(Continue(answer, message.Answer, joint));
        return joint switch
        {
            JointFault.Think => choice with { Reasoning = Script.Split(OtherThinking), Content = rest },
            JointFault.Misread => choice with { Reasoning = rest, Content = [] },
            _ => choice with { Reasoning = [], Content = rest },
        };
    }

    private static string Continue(string whole, string kept, string? joint)
    {
        if (joint == JointFault.Anew || !whole.StartsWith(kept, StringComparison.Ordinal))
        {
            return OtherAnswer;
        }

        var words = Script.Split(kept);
        return joint switch
        {
            JointFault.Repeat => string.Concat(words.TakeLast(2)),
            JointFault.Echo => kept,
            _ => "",
        } + whole[kept.Length..];
    }
}
