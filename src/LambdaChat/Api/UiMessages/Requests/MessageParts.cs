using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.UiMessages.Requests;

/// <summary>
/// Reads the parts of <c>UIMessage</c> objects into chat messages. Parts of other types are left out: they are for the page only.
/// Source: https://github.com/vercel/ai/blob/main/packages/ai/src/ui/ui-messages.ts
/// </summary>
internal sealed class MessageParts(ChatMessages messages)
{
    /// <summary>Adds a message.</summary>
    /// <exception cref="ErrorResponseException">The message is malformed, or has a file that is not supported.</exception>
    public void Add(RequestItem message)
    {
        message.Expect(FieldType.Object);
        var parts = message.Find("parts") ?? throw message.Missing("parts", FieldType.Objects, "an array of message parts");
        parts.Expect(FieldType.Objects);
        var (role, items) = (message.Name("role"), parts.Objects());
        Action<RequestItem> add = role switch
        {
            "user" => AddUserPart,
            "assistant" => AddAssistantPart,
            "system" => AddSystemPart,
            _ => throw message.Unsupported("role", ["system", "user", "assistant"]),
        };
        foreach (var part in role == "assistant" ? RepeatedCalls.Remove([.. items]) : items)
        {
            add(part);
        }
    }

    /// <summary>Returns the result of a call that the user refused, as a JSON string; null for another call.</summary>
    public static byte[]? FindRefusal(RequestItem part) => TextOf(part, "state") switch
    {
        "output-denied" => Refusal(part),
        "approval-responded" when IsRefused(part) => Refusal(part),
        _ => null,
    };

    private void AddSystemPart(RequestItem part)
    {
        if (part.Type == "text")
        {
            messages.AddSystem(part.Text("text").Escaped);
        }
    }

    private void AddUserPart(RequestItem part)
    {
        switch (part.Type)
        {
            case "text":
                messages.AddUserText(part.Text("text").Escaped);
                break;
            case "file":
                new Attachment(part).AddUrl(messages, part.Text("url"), TextOf(part, "mediaType"), TextOf(part, "filename"));
                break;
        }
    }

    private void AddAssistantPart(RequestItem part)
    {
        switch (part.Type)
        {
            case "text":
                messages.AddText(part.Text("text").Escaped);
                break;
            case "reasoning":
                messages.AddThinking(part.Text("text").Escaped);
                break;
            case "step-start":
                messages.EndStep();
                break;
            case RepeatedCalls.Dynamic:
                AddCall(part, part.Text("toolName").Escaped);
                break;
            case "steering-message": // A message that the user sent during the reply.
                messages.EndStep();
                foreach (var inner in part.List("parts"))
                {
                    AddUserPart(inner);
                }

                break;
            case var type when RepeatedCalls.NameOf(type) is { } name:
                AddCall(part, JsonText.Quote(name).AsSpan()[1..^1]);
                break;
        }
    }

    private void AddCall(RequestItem part, ReadOnlySpan<byte> name)
    {
        var state = TextOf(part, "state");
        if (state == "input-streaming")
        {
            return; // A call that was cut.
        }

        messages.AddCall(
            part.Text("toolCallId").Value.GetString()!, name, ToolJson.Arguments(part.Find("input") ?? part.Find("rawInput")),
            state switch
            {
                "output-available" => ToolJson.Result(part.Find("output")),
                "output-error" => part.FindText("errorText") is { } error ? ToolJson.Result(error) : [.. "\"The tool failed.\""u8],
                _ => FindRefusal(part) ?? ChatMessages.NotRun,
            });
    }

    private static string? TextOf(RequestItem part, string name) => part.FindText(name)?.Value.GetString();

    private static bool IsRefused(RequestItem part) =>
        part.FindObject("approval")?.Find("approved")?.Value.ValueKind == JsonValueKind.False;

    private static byte[] Refusal(RequestItem part) =>
        part.FindObject("approval")?.FindText("reason")?.Value.GetString() is { Length: > 0 } reason
            ? JsonText.Quote($"The user refused the call: {reason}")
            : [.. "\"The user refused the call.\""u8];
}
