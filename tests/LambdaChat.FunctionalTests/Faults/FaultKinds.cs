using static LambdaChat.FunctionalTests.Faults.FaultMoment;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>All upstream faults.</summary>
internal static class FaultKinds
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        Answer("validation_error", "no such endpoint (`ValidationError`)", UpstreamError.InvalidTarget),
        Answer("component_required", "no name of the inference component (`ValidationError`)", UpstreamError.InvalidTarget),
        Answer("no_capacity", "scaled to zero (`ValidationError`)", UpstreamError.Starting) with { Model = "cold-0s" },
        Answer("access_denied", "`AccessDeniedException`", UpstreamError.AccessDenied),
        Answer("throttling", "`ThrottlingException`", UpstreamError.Throttled),
        Answer("service_unavailable", "`ServiceUnavailable`", UpstreamError.Unavailable),
        Answer("model_not_ready", "`ModelNotReadyException`", UpstreamError.Unavailable),
        Answer("internal_dependency", "`InternalDependencyException`", UpstreamError.Unavailable),
        Answer("no_response", "the container does not respond (`ModelError`)", UpstreamError.Unavailable),
        Answer("response_timeout", "the container responds too late (`ModelError`)", UpstreamError.Timeout),
        Answer("internal_failure", "`InternalFailure`", UpstreamError.SageMakerFailure),
        Answer("model_error", "the container answers 400", UpstreamError.OfContainer(400)) with { Status = 400 },
        Answer("model_error", "the container answers 500", UpstreamError.OfContainer(500, "server_error")) with { Status = 500 },
        Answer("draining", "the container shuts down (503)", UpstreamError.Draining),
        Frame("model_stream_error", "`ModelStreamError`", UpstreamError.StreamBroken),
        Frame("model_timeout", "`ModelStreamError`, `ModelInvocationTimeExceeded`", UpstreamError.Timeout),
        Frame("internal_stream_failure", "`InternalStreamFailure`", UpstreamError.SageMakerFailure),
        Frame("error_frame", "an error frame", UpstreamError.SageMakerFailure),
        Frame("corrupt_frame", "a frame with a wrong checksum", UpstreamError.Corrupt),
        Frame("corrupt_prelude", "a prelude with a wrong checksum", UpstreamError.Corrupt),
        Frame("oversized_frame", "a frame of 2 MiB", UpstreamError.Corrupt),
        Frame("truncated_frame", "the stream ends inside a frame", UpstreamError.ConnectionLost),
        Stream("container_error", "an error event of the container",
            UpstreamError.OfContainer(400)) with { MidEvent = UpstreamError.Corrupt },
        Stream("garbage", "an event of damaged JSON", UpstreamError.Corrupt),
        Stream("end", "the stream ends without a finish reason", UpstreamError.Incomplete) with { MidEvent = UpstreamError.Corrupt },
        Stream("done", "`[DONE]` without a finish reason", UpstreamError.Incomplete) with { MidEvent = UpstreamError.Corrupt },
        Stream("abort", "the finish reason `abort`", UpstreamError.Aborted) with { MidEvent = UpstreamError.Corrupt },
        Stream("reset", "the connection is reset", UpstreamError.ConnectionLost) with { AtStart = UpstreamError.Unreachable,
            LosesBytes = true },
        Stream("stall", "silence beyond `idleSeconds`", UpstreamError.Silent) with { Model = "idle-3s", IsHidden = true, AtOnce = [1] },
    ];

    public static TheoryData<string> Titles { get; } = [.. All.Select(kind => kind.Title)];

    public static FaultKind Find(string title) => All.Single(kind => kind.Title == title);

    // An error response instead of a stream.
    private static FaultKind Answer(string name, string title, UpstreamError error) => new(name, title, [BeforeHeaders], error);

    private static FaultKind Stream(string name, string title, UpstreamError error) => new(name, title, InStream, error);

    private static FaultKind Frame(string name, string title, UpstreamError error) =>
        Stream(name, title, error) with { IsOfEventStream = true };
}
