namespace LambdaChat.Hosting;

/// <summary>
/// What is done around SnapStart's snapshot. Hooks run one after the other, as they were registered.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html
/// </summary>
internal interface ISnapshotHook
{
    /// <summary>The last work of the init phase: what it compiles and loads is in the snapshot. No connection may be left.</summary>
    Task BeforeSnapshotAsync(CancellationToken cancellationToken);

    /// <summary>The first work of each environment made from the snapshot, within ten seconds; one that throws fails the restore.</summary>
    Task AfterRestoreAsync(CancellationToken cancellationToken);
}
