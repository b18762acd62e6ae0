using System.Text;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>The reader of model servers' errors: any text is a message that is safe to show.</summary>
public sealed class ErrorFuzzTests
{
    private const int MaximumLength = 2000;

    [Fact]
    public void Reader_AnyText_IsAnErrorWithAMessage() => Fuzz.Run("Errors", Make, Run, made => 200_000 + (400L * made.Text.Length));

    private static (string Text, int? Status) Make(Mutator mutator) =>
        (Encoding.UTF8.GetString(mutator.Next(Corpora.Errors, MaximumLength)), mutator.OneIn(2) ? null : 500);

    private static void Run((string Text, int? Status) made)
    {
        var error = ContainerMessage.Read(made.Text, made.Status);

        Assert.InRange(Encoding.UTF8.GetByteCount(error.Message), 1, 2 * 1024);
        Assert.Equal(error.Message, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(error.Message)));
        Assert.InRange(error.Status ?? 400, 400, 599);
        Assert.True(
            made.Status is null || error.Status == made.Status || error.Code == "context_length_exceeded"
            || ImageRefusal.IsRefused(error.Message));
        Assert.DoesNotContain("\n  File \"", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("arn:aws", error.Message, StringComparison.Ordinal);
    }
}
