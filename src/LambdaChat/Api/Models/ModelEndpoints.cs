using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Models;

/// <summary>
/// <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>, in the form of OpenAI's API or, for its clients, of Anthropic's.
/// Source: https://platform.openai.com/docs/api-reference/models
/// </summary>
/// <param name="created">When this process loaded the catalog, in Unix seconds.</param>
/// <param name="isStored">True if there is a store of replies. The page then stores its replies.</param>
internal sealed class ModelEndpoints(ModelCatalog catalog, long created, bool isStored)
{
    private readonly AnthropicModels _anthropic = new(created);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var created = routes.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
        var endpoints = new ModelEndpoints(routes.ServiceProvider.GetRequiredService<ModelCatalog>(), created,
            routes.ServiceProvider.GetRequiredService<StoredReplies>().IsAvailable);
        routes.MapRead("/v1/models", endpoints.ListAsync);
        routes.MapRead("/v1/models/{*id}", endpoints.RetrieveAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var models = catalog.Models.Where(model => caller.MayUse(model.Name))
            .SelectMany(model => model.Aliases.Prepend(model.Name).Select(id => (Model: model, Id: id))).ToList();
        return WriteAsync(context, writer =>
        {
            if (AnthropicErrorForm.IsFor(context.Request))
            {
                _anthropic.WriteList(writer, models);
                return;
            }

            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            models.ForEach(entry => Write(writer, entry.Model, entry.Id));
            writer.WriteEndArray();
            if (isStored)
            {
                writer.WriteBoolean("store"u8, true);
            }

            if (context.Request.Query.ContainsKey(CodexModels.VersionParameter))
            {
                CodexModels.WriteList(writer, models);
            }

            writer.WriteEndObject();
        });
    }

    private Task RetrieveAsync(HttpContext context)
    {
        var id = context.GetRouteText("id");
        return catalog.TryGet(id, out var model) && Caller.Of(context).MayUse(model.Name)
            ? WriteAsync(context, writer =>
            {
                if (AnthropicErrorForm.IsFor(context.Request))
                {
                    _anthropic.Write(writer, model, id);
                }
                else
                {
                    Write(writer, model, id);
                }
            })
            : RequestReader.ModelNotFound(id).WriteAsync(context.Response);
    }

    private void Write(Utf8JsonWriter writer, Model model, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, created);
        writer.WriteString("owned_by"u8, "sagemaker"u8);
        if (id != model.Name)
        {
            writer.WriteString("root"u8, model.Name); // vLLM's member for the model that an alias refers to.
        }

        if (model.ContextLength is { } length)
        {
            writer.WriteNumber("context_length"u8, length);
        }

        if (model.Reasoning is { } reasoning)
        {
            writer.WriteString("reasoning"u8, ReasoningNames.Outputs[(int)reasoning]);
        }

        WriteTasks(writer, model);
        WriteInput(writer, model);
        writer.WriteEndObject();
    }

    private static void WriteTasks(Utf8JsonWriter writer, Model model)
    {
        if (model.Tasks == ModelTasks.Chat)
        {
            return;
        }

        writer.WriteStartArray("tasks"u8);
        foreach (var task in Enum.GetValues<ModelTasks>())
        {
            if (task != ModelTasks.None && model.Tasks.HasFlag(task))
            {
                writer.WriteStringValue(task.ToString().ToLowerInvariant());
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteInput(Utf8JsonWriter writer, Model model)
    {
        if (model.Images)
        {
            writer.WriteStartArray("input"u8);
            writer.WriteStringValue("text"u8);
            writer.WriteStringValue("image"u8);
            writer.WriteEndArray();
        }
    }

    private static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            write(writer);
        }

        return HttpJson.WriteAsync(context, body.WrittenMemory);
    }
}
