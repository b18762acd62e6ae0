using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>The runtime settings of the build and of the ReadyToRun package. The native package has no file for them.</summary>
public sealed class RuntimeSettingsTests
{
    [Fact]
    public void RuntimeConfiguration_OfTheFunction_LeavesTheProcessorToRequests()
    {
        var file = Path.Combine(FunctionFixture.FunctionPath, "LambdaChat.runtimeconfig.json");
        if (!File.Exists(file))
        {
            Assert.True(File.Exists(Path.Combine(FunctionFixture.FunctionPath, "bootstrap")));
            return;
        }

        var settings = JsonNode.Parse(File.ReadAllText(file))!["runtimeOptions"]!["configProperties"]!;

        var isPackage = !File.Exists(Path.Combine(FunctionFixture.FunctionPath, "LambdaChat"));
        Assert.Equal(
            (4096, isPackage ? 600_000 : null),
            ((int?)settings["System.Runtime.TieredCompilation.CallCountThreshold"],
                (int?)settings["System.Runtime.TieredCompilation.CallCountingDelayMs"]));
        Assert.Equal(
            (0, 1048576, false, false, false),
            ((int?)settings["System.Threading.ThreadPool.UnfairSemaphoreSpinLimit"], (int?)settings["System.GC.Gen0MaxBudget"],
                (bool?)settings["System.Runtime.TieredPGO"],
                (bool?)settings["System.GC.Concurrent"], (bool?)settings["System.GC.Server"]));
    }
}
