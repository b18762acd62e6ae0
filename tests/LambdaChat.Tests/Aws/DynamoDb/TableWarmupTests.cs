using LambdaChat.Aws.DynamoDb;
using LambdaChat.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LambdaChat.Tests.Aws.DynamoDb;

public sealed class TableWarmupTests
{
    [Fact]
    public async Task SnapStart_ReadsTheTableOnlyAfterTheRestore()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var services = new ServiceCollection();
        services.AddSingleton(new DynamoTable("t", () =>
        {
            read.TrySetResult();
            throw new IOException("No table in this test.");
        }));
        services.AddTableWarmup(isSnapStart: true);
        await using var provider = services.BuildServiceProvider();

        Assert.Empty(provider.GetServices<IHostedService>());
        var hook = provider.GetServices<ISnapshotHook>().Single();
        await hook.BeforeSnapshotAsync(TestContext.Current.CancellationToken);
        Assert.False(read.Task.IsCompleted);
        await hook.AfterRestoreAsync(TestContext.Current.CancellationToken);

        await read.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void WithoutSnapStart_IsAHostedService()
    {
        var services = new ServiceCollection();
        services.AddSingleton(new DynamoTable("t"));
        services.AddTableWarmup(isSnapStart: false);
        using var provider = services.BuildServiceProvider();

        Assert.IsType<TableWarmup>(provider.GetServices<IHostedService>().Single());
        Assert.Empty(provider.GetServices<ISnapshotHook>());
    }
}
