using LambdaChat.Local;
using LambdaChat.Tests.Architecture;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The namespaces of the emulators: no circle at any level.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Namespaces_OfTheEmulator_HaveNoCircle() =>
        Assert.Empty(new NamespaceGraph(typeof(LocalOptions).Assembly, "LambdaChat.Local").FindCircle());
}
