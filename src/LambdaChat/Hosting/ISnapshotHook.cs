namespace LambdaChat.Hosting;

/// <summary>
/// Work before and after a SnapStart snapshot. Hooks run one after another, in the order of their registration.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html
/// </summary>
internal interface ISnapshotHook
{
    /// <summary>
    /// Runs at the end of the init phase. The snapshot contains all code that it loads. It must close every connection that it opens.
    /// </summary>
    Task BeforeSnapshotAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Runs in each restored environment, before the first invocation, within ten seconds. An exception fails the restore.
    /// </summary>
    Task AfterRestoreAsync(CancellationToken cancellationToken);
}
