using System.Text.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.Models;

/// <summary>
/// The member <c>models</c> that Codex reads in a list of models. It has every member that Codex demands: without one of them Codex reads
/// none of the models. Source: https://github.com/openai/codex/blob/main/codex-rs/protocol/src/openai_models.rs
/// </summary>
internal static class CodexModels
{
    /// <summary>The parameter of the query that Codex sends, and no other client.</summary>
    public const string VersionParameter = "client_version";

    // Codex sends this text instead of its own to a model that it finds in the list.
    private const string Instructions =
        "You are a coding agent in the user's terminal. Read the files that matter before you change them. Use the tools to run commands " +
        "and to edit files, make only the changes that the task needs, and run the tests. At the end say in a few sentences what you did.";

    public static void WriteList(Utf8JsonWriter writer, IReadOnlyList<(Model Model, string Id)> models)
    {
        writer.WriteStartArray("models"u8);
        for (var i = 0; i < models.Count; i++)
        {
            Write(writer, models[i].Model, models[i].Id, priority: i);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Model model, string id, int priority)
    {
        writer.WriteStartObject();
        writer.WriteString("slug"u8, id);
        writer.WriteString("display_name"u8, id);
        writer.WriteNull("description"u8);
        writer.WriteStartArray("supported_reasoning_levels"u8);
        writer.WriteEndArray();
        writer.WriteString("shell_type"u8, "shell_command"u8);
        writer.WriteString("visibility"u8, "list"u8);
        writer.WriteBoolean("supported_in_api"u8, true);
        writer.WriteNumber("priority"u8, priority);
        writer.WriteNull("upgrade"u8);
        writer.WriteString("base_instructions"u8, Instructions);
        writer.WriteBoolean("supports_reasoning_summaries"u8, model.Reasoning is not (null or ReasoningOutput.Hidden));
        writer.WriteBoolean("support_verbosity"u8, false);
        writer.WriteNull("default_verbosity"u8);
        writer.WriteString("apply_patch_tool_type"u8, "freeform"u8);
        writer.WriteStartObject("truncation_policy"u8);
        writer.WriteString("mode"u8, "bytes"u8);
        writer.WriteNumber("limit"u8, 10_000);
        writer.WriteEndObject();
        writer.WriteBoolean("supports_parallel_tool_calls"u8, true);
        writer.WriteString("multi_agent_version"u8, "v1"u8); // The second version marks texts for an encryption by OpenAI's servers.
        if (model.ContextLength is { } length)
        {
            writer.WriteNumber("context_window"u8, length);
        }

        writer.WriteStartArray("experimental_supported_tools"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("input_modalities"u8);
        writer.WriteStringValue("text"u8);
        if (model.Images)
        {
            writer.WriteStringValue("image"u8);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
