using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>A failure that a request asks for in <c>stand_in.fault</c>.</summary>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="After">Number of events sent before the failure.</param>
/// <param name="MidEvent">True to send half of the next event before the failure.</param>
/// <param name="Status">HTTP status of the container, for <c>model_error</c>.</param>
/// <param name="Message">Body of the container's response, for <c>model_error</c> and <c>container_error</c>.</param>
internal sealed record Fault(string Kind, int After, bool MidEvent, int Status, string Message)
{
    private const string ModelError = "model_error";
    private const string Draining = "draining";
    private const string DefaultMessage =
        """{"error":{"message":"The container refused the request.","type":"BadRequestError","param":null,"code":400}}""";

    // vLLM's response while it shuts down.
    private const string DrainingMessage =
        """{"error":{"message":"The engine is currently busy and cannot accept new requests. Please try again later """
        + """or on a different instance.","type":"Service Unavailable","param":null,"code":503}}""";

    // Failures inside a reply that exist on both transports. "done" ends a reply with [DONE], but without a finish reason; "abort" with
    // the finish reason that vLLM and SGLang give to running replies while they shut down.
    private static readonly string[] ReplyFaults = ["end", "done", "abort", "container_error", "garbage", "reset", "stall"];

    public static IReadOnlyCollection<string> Kinds { get; } =
        [ModelError, Draining, .. AwsErrors.Names, .. ReplyFaults, .. EventStreamFraming.Faults];

    /// <summary>The only endpoint that fails; null if all do.</summary>
    public string? Endpoint { get; init; }

    /// <summary>What <see cref="Times"/> counts by; null for the <c>user</c> of the request.</summary>
    public string? Id { get; init; }

    /// <summary>Number of calls with the same <c>user</c> that fail; null if all do.</summary>
    public int? Times { get; init; }

    /// <summary>Seconds in the <c>Retry-After</c> header of the error; null for no header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Milliseconds of silence of a <c>stall</c>, after which the connection is reset; null for no end.</summary>
    public int? StallTime { get; init; }

    /// <summary>The status and body of an error response of the container; null for other kinds.</summary>
    public (int Status, string Body)? ContainerError => Kind switch
    {
        ModelError => (Status, Message),
        Draining => (503, DrainingMessage),
        _ => null,
    };

    /// <summary>The error that SageMaker returns without a response of the container; null for other kinds.</summary>
    public AwsError? AwsError => AwsErrors.Find(Kind);

    /// <exception cref="RefusedRequestException">The kind is unknown, or a member has the wrong type.</exception>
    public static Fault Parse(JsonFields fault)
    {
        var kind = fault.Text("kind");
        return kind is not null && Kinds.Contains(kind)
            ? new Fault(
                kind,
                fault.Number("after", minimum: 0) ?? 0,
                fault.Flag("mid_event"),
                fault.Number("status", minimum: 400, maximum: 599) ?? 400,
                fault.Text("message") ?? DefaultMessage)
            {
                Endpoint = fault.Text("endpoint"),
                Id = fault.Text("id"),
                Times = fault.Number("times", minimum: 0),
                RetryAfter = fault.Number("retry_after", minimum: 0),
                StallTime = fault.Number("stall_ms", minimum: 0),
            }
            : throw fault.Invalid("kind", $"must be one of {string.Join(", ", Kinds)}");
    }
}
