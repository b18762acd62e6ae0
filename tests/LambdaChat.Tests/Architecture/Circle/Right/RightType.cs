using LambdaChat.Tests.Architecture.Circle.Left;

namespace LambdaChat.Tests.Architecture.Circle.Right;

/// <summary>The other half of the circle: by a closure only.</summary>
internal static class RightType
{
    public static string Name => string.Concat(Enumerable.Range(0, 1).Select(_ => LeftType.Name));
}
