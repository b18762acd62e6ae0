namespace LambdaChat.FunctionalTests.Clients;

/// <summary>A client of one of the translated APIs.</summary>
/// <param name="Name">Name in tests and scripts.</param>
/// <param name="Title">Name in the table.</param>
/// <param name="Modes"><c>streamed</c>, <c>whole</c> or both: the modes in which it runs each case.</param>
internal sealed record ClientKind(string Name, string Title, ClientApi Api, params string[] Modes)
{
    public const string Streamed = "streamed";
    public const string Whole = "whole";

    /// <summary>The cases that the client does not support.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>True if the client shows the status of a failure but not its message.</summary>
    public bool HidesErrors { get; init; }

    /// <summary>True if the client does not show the usage.</summary>
    public bool HidesUsage { get; init; }

    /// <summary>The name of the API for users.</summary>
    public string ApiTitle => Api switch
    {
        ClientApi.UiMessages => "AI SDK UI messages",
        ClientApi.AgUi => "AG-UI",
        _ => Api.ToString(),
    };

    /// <summary>True for a client of chat pages.</summary>
    public bool IsOfPages => Api is ClientApi.UiMessages or ClientApi.AgUi;

    public static IReadOnlyList<ClientKind> All { get; } =
    [
        new("openai", "npm `openai`, `responses.create`", ClientApi.Responses, Streamed, Whole),
        new("openai-stream", "npm `openai`, `responses.stream()`", ClientApi.Responses, Streamed),
        new("agents", "npm `@openai/agents`", ClientApi.Responses, Streamed, Whole),
        new("ai-openai-default", "npm `@ai-sdk/openai`", ClientApi.Responses, Streamed, Whole) { Lacks = ["thinking", "thinking-back"] },
        new("ai-openai", "npm `@ai-sdk/openai`, `store: false` and `include`", ClientApi.Responses, Streamed, Whole),
        new("ai-open-responses", "npm `@ai-sdk/open-responses`", ClientApi.Responses, Streamed, Whole)
        {
            Lacks = ["thinking", "thinking-back"],
            HidesErrors = true,
        },
        new("langchain-openai", "npm `@langchain/openai`", ClientApi.Responses, Streamed, Whole),
        new("dotnet-openai", "NuGet `OpenAI`", ClientApi.Responses, Streamed, Whole),
        new("anthropic", "npm `@anthropic-ai/sdk`, `messages.create`", ClientApi.Messages, Streamed, Whole),
        new("anthropic-stream", "npm `@anthropic-ai/sdk`, `messages.stream()`", ClientApi.Messages, Streamed),
        new("ai-anthropic", "npm `@ai-sdk/anthropic`", ClientApi.Messages, Streamed, Whole),
        new("langchain-anthropic", "npm `@langchain/anthropic`", ClientApi.Messages, Streamed, Whole),
        new("dotnet-anthropic", "NuGet `Anthropic`", ClientApi.Messages, Streamed, Whole),
        new("use-chat-5", "npm `@ai-sdk/react` 2 with `ai` 5", ClientApi.UiMessages, Streamed) { Lacks = ["json"] },
        new("use-chat-6", "npm `@ai-sdk/react` 3 with `ai` 6", ClientApi.UiMessages, Streamed) { Lacks = ["json"] },
        new("use-chat-7", "npm `@ai-sdk/react` 4 with `ai` 7", ClientApi.UiMessages, Streamed) { Lacks = ["json"] },
        // It skips the events of thinking, and drops the usage.
        new("ag-ui-42", "npm `@ag-ui/client` 0.0.42", ClientApi.AgUi, Streamed) { Lacks = ["thinking", "thinking-back", "json"], HidesUsage = true },
        new("ag-ui-0", "npm `@ag-ui/client` 0.0.59", ClientApi.AgUi, Streamed) { Lacks = ["json"] },
        new("ag-ui-1", "npm `@ag-ui/client` 1.0", ClientApi.AgUi, Streamed) { Lacks = ["json"] },
    ];

    public static ClientKind Find(string name) => All.Single(kind => kind.Name == name);
}

internal enum ClientApi
{
    Responses,
    Messages,
    UiMessages,
    AgUi,
}
