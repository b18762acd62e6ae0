using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Json;

namespace LambdaChat.Api.UiMessages.Replies;

/// <summary>
/// The steps of a message before the reply that continues it, as stream parts. A client that resumes a message discards the parts that it
/// has, so the replay contains these steps again. Their tool calls are marked as run by the server. Otherwise a page would run them again.
/// </summary>
internal sealed class EarlierSteps
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private bool _isOpen;
    private int _part;

    private EarlierSteps()
    {
    }

    /// <summary>Writes the events.</summary>
    /// <param name="message">A message of the role <c>assistant</c> that was validated.</param>
    public static byte[] Write(RequestItem message)
    {
        var steps = new EarlierSteps();
        foreach (var part in message.List("parts"))
        {
            steps.Add(part);
        }

        steps.End();
        return steps._output.WrittenSpan.ToArray();
    }

    private void Add(RequestItem part)
    {
        switch (part.Type)
        {
            case "step-start":
                End();
                Begin();
                break;
            case "text" or "reasoning":
                AddText(part.Type, part.Text("text"));
                break;
            case "dynamic-tool":
                AddCall(part, part.Text("toolName").Value.GetString()!, isDynamic: true);
                break;
            case ['t', 'o', 'o', 'l', '-', .. var name]:
                AddCall(part, name, isDynamic: false);
                break;
        }
    }

    private void Begin()
    {
        if (!_isOpen)
        {
            _isOpen = true;
            Write("start-step", static _ => { });
        }
    }

    private void End()
    {
        if (_isOpen)
        {
            _isOpen = false;
            Write("finish-step", static _ => { });
        }
    }

    private void AddText(string type, RequestItem text)
    {
        Begin();
        var id = $"earlier-{++_part}";
        Write($"{type}-start", writer => writer.WriteString("id"u8, id));
        Write($"{type}-delta", writer =>
        {
            writer.WriteString("id"u8, id);
            writer.WriteString("delta"u8, text.Value.GetString());
        });
        Write($"{type}-end", writer => writer.WriteString("id"u8, id));
    }

    // Calls without a result are omitted. Versions of the SDK before 6 have no state for a refused call.
    private void AddCall(RequestItem part, string name, bool isDynamic)
    {
        var state = part.FindText("state")?.Value.GetString();
        var refusal = MessageParts.FindRefusal(part);
        if ((state is not ("output-available" or "output-error") && refusal is null)
            || part.Find("input") is not { Value.ValueKind: JsonValueKind.Object } input || ToolInput.IsRefused(input.Value))
        {
            return;
        }

        Begin();
        WriteCall("tool-input-available", part, isDynamic, writer =>
        {
            writer.WriteString("toolName"u8, name);
            WriteValue(writer, "input", input);
        });
        WriteCall(state == "output-available" ? "tool-output-available" : "tool-output-error", part, isDynamic, writer =>
        {
            if (refusal is not null)
            {
                writer.WritePropertyName("errorText"u8);
                writer.WriteRawValue(refusal);
                return;
            }

            var result = state == "output-error" ? "errorText" : "output";
            WriteValue(writer, result, part.Find(result));
        });
    }

    private void WriteCall(string type, RequestItem part, bool isDynamic, Action<Utf8JsonWriter> writeMembers) => Write(type, writer =>
    {
        writer.WriteString("toolCallId"u8, part.Text("toolCallId").Value.GetString());
        writeMembers(writer);
        writer.WriteBoolean("providerExecuted"u8, true);
        if (isDynamic)
        {
            writer.WriteBoolean("dynamic"u8, true);
        }
    });

    private static void WriteValue(Utf8JsonWriter writer, string name, RequestItem? value)
    {
        writer.WritePropertyName(name);
        if (value is { } item && !ToolInput.IsRefused(item.Value))
        {
            item.Value.WriteTo(writer);
        }
        else
        {
            writer.WriteStringValue("");
        }
    }

    private void Write(string type, Action<Utf8JsonWriter> writeMembers)
    {
        _output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(_output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writeMembers(writer);
            writer.WriteEndObject();
        }

        _output.Write("\n\n"u8);
    }
}
