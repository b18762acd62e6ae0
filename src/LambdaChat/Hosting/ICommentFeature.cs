namespace LambdaChat.Hosting;

/// <summary>A feature of servers that send comments in an event stream.</summary>
internal interface ICommentFeature
{
    /// <summary>True if the events have ids. Comments then end without a blank line, see <c>SseWriter</c>.</summary>
    bool HasEventIds { get; set; }
}
