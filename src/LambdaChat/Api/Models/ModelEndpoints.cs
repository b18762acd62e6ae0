using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Models;

namespace LambdaChat.Api.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>. Source: https://platform.openai.com/docs/api-reference/models</summary>
internal static class ModelEndpoints
{
    public static void AddModels(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(ModelCatalogReader.Read(configuration));

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", List);
        routes.MapGet("/v1/models/{*id}", Retrieve);
    }

    private static Task List(HttpContext context) => WriteAsync(context.Response, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        var caller = Caller.Of(context);
        foreach (var model in Catalog(context).Models.Where(model => caller.MayUse(model.Name)))
        {
            Write(writer, model);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static Task Retrieve(HttpContext context)
    {
        var name = context.GetRouteValue("id") as string ?? "";
        return Catalog(context).TryGet(name, out var model) && Caller.Of(context).MayUse(model.Name)
            ? WriteAsync(context.Response, writer => Write(writer, model))
            : RequestReader.ModelNotFound(name).WriteAsync(context.Response);
    }

    private static ModelCatalog Catalog(HttpContext context) => context.RequestServices.GetRequiredService<ModelCatalog>();

    private static void Write(Utf8JsonWriter writer, Model model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Name);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, 0); // Not known; clients want a number.
        writer.WriteString("owned_by"u8, "sagemaker"u8);
        if (model.ContextLength is { } length)
        {
            writer.WriteNumber("context_length"u8, length);
        }

        if (model.Reasoning is { } reasoning)
        {
            writer.WriteString("reasoning"u8, ReasoningNames.Outputs[(int)reasoning]);
        }

        WriteAbilities(writer, model);
        writer.WriteEndObject();
    }

    // Where a model has more or others than a chat in text.
    private static void WriteAbilities(Utf8JsonWriter writer, Model model)
    {
        if (model.Tasks != ModelTasks.Chat)
        {
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

        if (model.Images)
        {
            writer.WriteStartArray("input"u8);
            writer.WriteStringValue("text"u8);
            writer.WriteStringValue("image"u8);
            writer.WriteEndArray();
        }
    }

    private static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        response.ContentType = "application/json; charset=utf-8";
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            write(writer);
        }

        await response.BodyWriter.WriteAsync(body.WrittenMemory);
    }
}
