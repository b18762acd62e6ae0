using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Tool inputs of more levels than .NET's readers accept by default.</summary>
public sealed class DeepInputTests
{
    [Fact]
    public async Task Call_WithDeepArguments_KeepsThem()
    {
        var (open, close) = (string.Concat(Enumerable.Repeat("[", 100)), new string(']', 100));
        var (message, _) = await ReadAsync(Call(0, "c1", "f", $"{{\\\"a\\\":{open}{close}}}"), Stop);

        Assert.Equal($"{{\"a\":{open}{close}}}", message["content"]![0]!["input"]!.ToJsonString(new() { MaxDepth = 256 }));
    }
}
