using System.Text;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>A request for one of the catalogue's models, read and checked as far as all tasks have it in common.</summary>
internal sealed class IncomingRequest : IDisposable
{
    private readonly RequestBody _body;

    private IncomingRequest(RequestBody body, RequestJson json, Model model, string modelName)
    {
        _body = body;
        Json = json;
        Model = model;
        ModelName = modelName;
    }

    public RequestJson Json { get; }

    public Model Model { get; }

    /// <summary>The model's name as the client wrote it.</summary>
    public string ModelName { get; }

    /// <summary>Headers of SageMaker's that go with the call.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    private static OpenAIError UnsupportedMediaType => OpenAIError.Refused(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body must be JSON: send `Content-Type: application/json`.");

    private static OpenAIError UnsupportedEncoding => OpenAIError.Refused(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body must be plain UTF-8: send no `Content-Encoding` and no other charset.");

    private static OpenAIError TooLarge(int maximum) =>
        OpenAIError.Refused(StatusCodes.Status413PayloadTooLarge, "request_too_large", $"The body has more than {maximum} bytes.");

    /// <summary>404: no model of this name, or none that the caller may use.</summary>
    public static OpenAIError ModelNotFound(string name)
    {
        var message = $"The model `{name}` does not exist or you do not have access to it. GET /v1/models lists the available models.";
        return OpenAIError.Refused(StatusCodes.Status404NotFound, "model_not_found", message) with { Param = "model" };
    }

    /// <exception cref="InvalidRequestException">The request is invalid.</exception>
    public static async Task<IncomingRequest> ReadAsync(HttpContext context, ModelCatalog models, RequestLimits limits, ModelTasks task)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new InvalidRequestException(UnsupportedMediaType);
        }

        if (!IsPlainUtf8(context.Request))
        {
            throw new InvalidRequestException(UnsupportedEncoding);
        }

        var body = await RequestBody.ReadAsync(context.Request, limits.Bytes, context.RequestAborted) ?? throw new InvalidRequestException(TooLarge(limits.Bytes));
        try
        {
            return Check(body, models, limits, task, context);
        }
        catch (InvalidRequestException)
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose() => _body.Dispose();

    private static bool IsPlainUtf8(HttpRequest request) =>
        (request.Headers.ContentEncoding is [] or [null or "" or "identity"]) &&
        (!request.ContentType!.Contains("charset", StringComparison.OrdinalIgnoreCase) || request.GetTypedHeaders().ContentType?.Encoding is UTF8Encoding or ASCIIEncoding);

    private static IncomingRequest Check(RequestBody body, ModelCatalog models, RequestLimits limits, ModelTasks task, HttpContext context)
    {
        var (json, fault) = new RequestValidator(limits).Find(body.Bytes.Span) is { } found ? (null, found) : RequestJson.Parse(body.Bytes);
        if (json is null)
        {
            throw new InvalidRequestException(fault!);
        }

        var name = json.Text("model");
        var model = string.IsNullOrEmpty(name) ? models.Default : models.TryGet(name, out var named) ? named : null;
        if (model is null || !Caller.Of(context).MayUse(model.Name)) // A model that is not for the caller is as if there were none.
        {
            throw string.IsNullOrEmpty(name)
                ? new InvalidRequestException("model", "is required: the name of a model, as GET /v1/models lists them")
                : new InvalidRequestException(ModelNotFound(name));
        }

        return model.Tasks.HasFlag(task)
            ? new IncomingRequest(body, json, model, string.IsNullOrEmpty(name) ? model.Name : name) { Headers = UpstreamHeaders.Read(context, model) }
            : throw new InvalidRequestException("model", $"names a model that is not served for {TaskName(task)}; it is for {TaskNames(model.Tasks)}");
    }

    private static string TaskNames(ModelTasks tasks) => string.Join(", ", Enum.GetValues<ModelTasks>().Where(task => task != ModelTasks.None && tasks.HasFlag(task)).Select(TaskName));

    private static string TaskName(ModelTasks task) => task.ToString().ToLowerInvariant();
}
