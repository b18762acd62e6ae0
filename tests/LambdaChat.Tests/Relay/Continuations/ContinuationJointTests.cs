using System.Text;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Tests.Relay.Continuations;

public sealed class ContinuationJointTests
{
    [Fact]
    public void Add_AfterNoText_IsJoinedFromTheStart()
    {
        var joint = Create("", 0);

        Assert.True(joint.IsJoined);
        Assert.Null(joint.OtherText);
    }

    [Fact]
    public void Add_RepeatedWord_LeavesTheRest()
    {
        var joint = Create("It is so", 5);

        Add(joint, " s");
        Assert.Equal((JointState.Undecided, false), (joint.State, joint.IsOutOfPlace));

        Add(joint, "o far");
        Assert.Equal((true, " far"), (joint.IsJoined, Encoding.UTF8.GetString(joint.Rest)));
    }

    // No answer begins with a blank, but one can begin with the ideographs.
    [Theory]
    [InlineData("It is so", 5, " not", "")]
    [InlineData("我是人", 2, "不好", "不好")]
    public void Add_OtherWord_DiffersAndIsKept(string text, int start, string piece, string other)
    {
        var joint = Create(text, start);

        Add(joint, piece);

        Assert.Equal((JointState.Differs, true, other), (joint.State, joint.IsOutOfPlace, joint.OtherText));
        Assert.True(joint.Rest.IsEmpty);
    }

    [Fact]
    public void Add_LastPieceWithoutText_Decides()
    {
        var joint = Create("It is so", 5);

        Add(joint, " s");
        Add(joint, "", isLast: true);

        Assert.Equal(JointState.Differs, joint.State);
    }

    [Fact]
    public void Add_AnswerAsThinking_IsMisread()
    {
        var joint = Create("It is so", 5);

        Add(joint, " so", isThinking: true);
        Assert.Equal((true, true, ""), (joint.IsJoined, joint.IsMisread, Encoding.UTF8.GetString(joint.Rest)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Add_NewThinkingOnly_StartsAnewIfItIsTheLast(bool isLast, bool isOutOfPlace)
    {
        var joint = Create("It is so", 5);

        Add(joint, "Let me see", isThinking: true, isLast);

        Assert.Equal((isOutOfPlace, false), (joint.State == JointState.StartsAnew, joint.IsMisread));
    }

    [Fact]
    public void Add_AnswerInsteadOfThinking_StartsAnew()
    {
        var joint = Create("Let me see", 6, isInThinking: true);

        Add(joint, " see");

        Assert.Equal(JointState.StartsAnew, joint.State);
    }

    private static ContinuationJoint Create(string sent, int joint, bool isInThinking = false) => new(new KeptText(sent, joint)
    {
        Thinking = [],
        Answer = [],
        IsInThinking = isInThinking,
        Tokens = 0,
        PromptTokens = 0,
        ThinkingTokens = 0,
    });

    private static void Add(ContinuationJoint joint, string text, bool isThinking = false, bool isLast = false) =>
        joint.Add(Encoding.UTF8.GetBytes(text), isThinking, isLast);
}
