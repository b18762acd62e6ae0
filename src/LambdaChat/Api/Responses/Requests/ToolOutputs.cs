using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The outputs of tools by the ids of their calls. The output of a call may be anywhere in the conversation, such as after a message that
/// the user has sent meanwhile. If calls have the same id, its outputs belong to them in their order.
/// </summary>
internal sealed class ToolOutputs
{
    private readonly Dictionary<string, Queue<RequestItem>> _outputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);

    /// <summary>Notes the calls and the outputs of a conversation.</summary>
    /// <exception cref="ErrorResponseException">A call has no id.</exception>
    public void Note(IEnumerable<RequestItem> items)
    {
        foreach (var item in items)
        {
            if (InputItems.IsCall(item))
            {
                _calls.Add(InputItems.CallIdOf(item));
            }
            else if (InputItems.IsOutput(item) && InputItems.FindCallId(item) is { } call)
            {
                Add(call, item);
            }
        }
    }

    /// <summary>True if the conversation has a call with this id.</summary>
    public bool HasCall(string id) => _calls.Contains(id);

    /// <summary>Returns the next output of a call, each one once; null if there is no other.</summary>
    public RequestItem? Take(string call) =>
        _outputs.TryGetValue(call, out var outputs) && outputs.TryDequeue(out var output) ? output : null;

    private void Add(string call, RequestItem output)
    {
        if (!_outputs.TryGetValue(call, out var outputs))
        {
            _outputs[call] = outputs = new();
        }

        outputs.Enqueue(output);
    }
}
