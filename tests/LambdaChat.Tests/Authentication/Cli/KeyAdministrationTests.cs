using LambdaChat.Authentication.Cli;

namespace LambdaChat.Tests.Authentication.Cli;

public sealed class KeyAdministrationTests
{
    /// <summary>A command that is added to the command line and not here must not remove the key.</summary>
    [Fact]
    public async Task Run_UnknownVerb_IsAnErrorWithoutAQuery()
    {
        var keys = new KeyAdministration(directory: null!, TimeProvider.System, print: _ => { });

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => keys.RunAsync(new KeysCommandLine("show", "alice", Table: null)));
    }
}
