using LambdaChat.Relay.Continuations;

namespace LambdaChat.Tests.Relay.Continuations;

public sealed class JointCheckTests
{
    // The kept text, the text that was sent after it, the continuation, and the new part of the continuation; null if none of it is used.
    [Theory]
    [InlineData("The sky", " is", " is blue.", "Continues", " blue.")]
    [InlineData("The sky", " is", " island", "Continues", "land")]
    [InlineData("ha ha", " ha", " ha ha!", "Continues", " ha!")] // The shortest repetition, since a text may repeat itself.
    [InlineData("The sky", " is", "sky is blue.", "Continues", " blue.")] // It repeats the last words.
    [InlineData("The sky", " is", " sky is blue.", "Continues", " blue.")]
    [InlineData("The sky", " is", "The sky is blue.", "Continues", " blue.")] // It repeats the message.
    [InlineData("no no no", " no", "no no no no no yes", "Continues", " no yes")] // It repeats the message, and not only the last words.
    [InlineData("The sky", " looks", "looks blue.", "Continues", " blue.")] // Without the blank.
    [InlineData("The sky", " looks", "\n\nlooks blue.", "Continues", " blue.")]
    [InlineData("The sky", " is", "is blue.", "StartsAnew", null)] // Too short to tell.
    [InlineData("The sky", " is", "sky  is\nblue.", "Continues", "\nblue.")]
    [InlineData("The\n  sky", " is ", "The sky is  blue.", "Continues", " blue.")]
    [InlineData("def", " f(x):\n", "f(x):\n    if", "Continues", "    if")] // Not the indentation.
    [InlineData("def", " f(x):\n", "f(x): if", "StartsAnew", null)]
    [InlineData("return 1\n", "  return", "return 1 return 2", "Continues", " 2")]
    [InlineData("It was so", " because ", "because  of", "Continues", " of")]
    [InlineData("It was so", " because", "became", "StartsAnew", null)]
    [InlineData("It was so", " because ", "because, of", "StartsAnew", null)]
    [InlineData("The sky is blue.", " The", "The sea is not.", "StartsAnew", null)]
    [InlineData("The sky", " is", " was grey.", "Differs", null)]
    [InlineData("The sky", " is", ", in", "Differs", null)]
    [InlineData("The sky", " is", "", "Differs", null)]
    [InlineData("The sky", " is", "I see. What", "StartsAnew", null)]
    [InlineData("The sky", " is", "The sea is deep.", "StartsAnew", null)]
    [InlineData("The sky", " is", "\n\nThe sky", "StartsAnew", null)]
    [InlineData("The sky", " is", "<think>Well", "StartsAnew", null)]
    [InlineData("天空是", "蓝", "绿色", "Differs", null)]
    [InlineData("天空是", "蓝", "，", "Differs", null)]
    [InlineData("天空是", "蓝", "\n天空", "StartsAnew", null)]
    [InlineData("天空是", "蓝", "蓝色", "Continues", "色")]
    [InlineData("", "The sky", "The sky is", "Continues", " is")]
    [InlineData("", "The sky", "Our sky is", "Differs", null)]
    [InlineData("The sky is", "", " blue.", "Continues", " blue.")] // Nothing is left to repeat.
    [InlineData("The sky is", "", "", "Continues", "")]
    [InlineData("The sky is", "", "The sky is blue.", "Continues", " blue.")]
    [InlineData("The sky is very blue, as", "", "The sky is very blue because", "StartsAnew", null)]
    [InlineData("", "", "Hello", "Continues", "Hello")]
    [InlineData("The sky", " is 🤔", " is 🤔🤔", "Continues", "🤔")]
    public void Beginning_AtEveryCut_IsDecidedAlike(string kept, string behind, string text, string state, string? rest)
    {
        foreach (var pieces in CutsOf(text))
        {
            var check = new JointCheck(Kept(kept, behind));
            var (taken, given) = ("", 0);
            foreach (var piece in pieces)
            {
                given += piece.Length;
                if (check.State == JointState.Undecided)
                {
                    taken += piece;
                    check.Add(piece);
                }
            }

            if (check.State == JointState.Undecided)
            {
                check.End();
            }

            Assert.Equal(state, check.State.ToString());
            Assert.Equal(text.Length, given);
            if (rest is not null)
            {
                Assert.Equal(rest, text[check.Repeated..]);
                Assert.True(check.Repeated <= taken.Length);
            }
        }
    }

    // What a further call is compared with: at least two characters with which a new answer can begin.
    [Theory]
    [InlineData("The sky", " is", " was grey.", "")]
    [InlineData("The sky", " is", ".", "")]
    [InlineData("天空是", "蓝", "，很", "")]
    [InlineData("天空是", "蓝", "」他", "")]
    [InlineData("天空是", "蓝", "绿", "绿")]
    [InlineData("天空是", "蓝", "的海洋", "的海")]
    [InlineData("天空是", "蓝", "《诗》", "《诗")]
    [InlineData("", "The sky", " Our sky", " ")]
    public void Other_AtEveryCut_IsTextThatMayStartAnAnswer(string kept, string behind, string text, string expected)
    {
        foreach (var pieces in CutsOf(text))
        {
            var check = new JointCheck(Kept(kept, behind));
            foreach (var piece in pieces.TakeWhile(_ => check.State == JointState.Undecided))
            {
                check.Add(piece);
            }

            if (check.State == JointState.Undecided)
            {
                check.End();
            }

            Assert.Equal(JointState.Differs, check.State);
            Assert.StartsWith(expected, check.Other, StringComparison.Ordinal);
            Assert.Equal(expected.Length == 0, check.Other.Length == 0);
        }
    }

    // The second call after another word: a new answer begins like the first one.
    [Theory]
    [InlineData("绿色", "色的", "Continues")]
    [InlineData("绿色", "绿色的", "StartsAnew")]
    [InlineData("绿色", "绿", "Continues")]
    [InlineData(" was", " as ever", "Continues")]
    [InlineData("", " blue", "Continues")]
    public void Beginning_OfASecondContinuation_IsComparedWithTheFirst(string other, string text, string state)
    {
        foreach (var pieces in CutsOf(text))
        {
            var check = new JointCheck(Kept("天空是蓝", "") with { Other = other });
            foreach (var piece in pieces.TakeWhile(_ => check.State == JointState.Undecided))
            {
                check.Add(piece);
            }

            if (check.State == JointState.Undecided)
            {
                check.End();
            }

            Assert.Equal((state, 0), (check.State.ToString(), check.Repeated));
        }
    }

    [Fact]
    public void Text_WithoutADecision_HasACap()
    {
        var check = new JointCheck(Kept(new string('a', 200_000), "b"));
        for (var i = 0; i < 80; i++)
        {
            check.Add(new string('a', 1000));
        }

        Assert.Equal(JointState.StartsAnew, check.State);
    }

    /// <summary>A server may repeat a long message in small pieces.</summary>
    [Fact]
    public void RepeatedMessage_InSmallPieces_IsNotCopiedForEach()
    {
        var sent = string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i % 1000:000} "));
        string[] pieces = [.. sent.Chunk(4).Select(piece => new string(piece))];
        var check = new JointCheck(Kept(sent[..^4], sent[^4..]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var piece in pieces)
        {
            check.Add(piece);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * sent.Length);
        Assert.Equal((JointState.Continues, sent.Length), (check.State, check.Repeated));
    }

    private static KeptText Kept(string kept, string behind) => new(kept + behind, kept.Length)
    {
        Thinking = [],
        Answer = [],
        IsInThinking = false,
        Tokens = 0,
        PromptTokens = 0,
        ThinkingTokens = 0,
    };

    private static IEnumerable<string[]> CutsOf(string text)
    {
        yield return text.Length == 0 ? [] : [text];
        for (var cut = 1; cut < text.Length; cut++)
        {
            yield return [text[..cut], text[cut..]];
        }

        yield return [.. text.Select(c => c.ToString())];
    }
}
