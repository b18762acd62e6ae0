using LambdaChat.Tests.Architecture.Circle.Right;

namespace LambdaChat.Tests.Architecture.Circle.Left;

/// <summary>One half of the circle that <see cref="ArchitectureTests"/> has to find: by a method body only.</summary>
internal static class LeftType
{
    public static string Name => RightType.Name;
}
