using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>Finds limits of models that one caller can use up, so that the other callers are rejected.</summary>
internal static class SharedLimitCheck
{
    private const ModelTasks Generating = ModelTasks.Chat | ModelTasks.Completions;

    /// <summary>
    /// The names of the limits that one caller can use up. A limit is safe if every key has a smaller one. A limit of tokens or costs
    /// also needs <c>maxTokens</c> and <c>maxChoices</c>: they bound how far one request can exceed its key's limit.
    /// </summary>
    /// <param name="ofKeys">The limits of all keys in <c>LIMITS</c>.</param>
    /// <param name="hasDefault">True if these include <c>*</c>, so that every key has limits.</param>
    public static IReadOnlyList<string> FindUnsafe(Model model, LimitSet ofModel, IReadOnlyCollection<LimitSet> ofKeys, bool hasDefault)
    {
        var isBounded = model is { MaxTokens: not null, MaxChoices: not null } || (model.Tasks & Generating) == ModelTasks.None;
        return
        [
            .. Enum.GetValues<LimitKind>().Where(kind => ofModel.Maximum(kind) is { } maximum && !IsSafe(kind, maximum))
                .Select(kind => kind.SettingName()),
        ];

        bool IsSafe(LimitKind kind, decimal maximum) =>
            hasDefault
            && ofKeys.All(limits => limits.Maximum(kind) < maximum)
            && (isBounded || kind is LimitKind.RequestsPerMinute or LimitKind.Streams);
    }
}
