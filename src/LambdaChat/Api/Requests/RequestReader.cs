using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>Reads and validates the parts of a request that all APIs have in common.</summary>
internal sealed class RequestReader(
    ModelCatalog models, RequestLimits limits, MemoryBudget memory, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(60);

    private static ApiError UnsupportedEncoding => ApiError.Refused(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
            "Compressed request bodies are not supported: remove the `Content-Encoding` header.");

    private static ApiError Timeout => ApiError.Refused(
        StatusCodes.Status408RequestTimeout, "request_timeout",
            $"The request body did not arrive within {BodyTimeout.TotalSeconds:0} seconds.");

    private static ApiError NoModel => ApiError.Refused(
        StatusCodes.Status404NotFound, "model_not_found", "You do not have access to any model.");

    /// <summary>404: no model has this name, or the caller may not use it. The two are the same to the caller.</summary>
    public static ApiError ModelNotFound(string name)
    {
        var message =
            $"The model `{Excerpt.Of(name)}` does not exist or you do not have access to it. " +
            "GET /v1/models lists the available models.";
        return ApiError.Refused(StatusCodes.Status404NotFound, "model_not_found", message) with { Param = "model" };
    }

    /// <summary>Reads a request. The caller disposes it when the call has its response.</summary>
    /// <param name="modelName">Finds the name of the model; null for the member <c>model</c>.</param>
    /// <param name="modelPath">The path that errors about a missing name have.</param>
    /// <exception cref="ErrorResponseException">The request is invalid.</exception>
    public async Task<IncomingRequest> ReadAsync(
        HttpContext context, ModelTasks task, Func<RequestJson, string?>? modelName = null, string modelPath = "model")
    {
        if (!IsJson(context.Request.ContentType))
        {
            throw new ErrorResponseException(UnsupportedMediaType(context.Request.ContentType));
        }

        if (context.Request.Headers.GetCommaSeparatedValues("Content-Encoding").Any(
            coding => coding.Length > 0 && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ErrorResponseException(UnsupportedEncoding);
        }

        if (!models.Models.Any(model => Caller.Of(context).MayUse(model.Name)))
        {
            throw new ErrorResponseException(NoModel);
        }

        using var place = limiter?.ReservePlace(context.Response, CallerLimits.Of(context));
        var body = await ReadBodyAsync(context);
        try
        {
            return Parse(body, task, context, modelName ?? (static json => json.FindText("model")), modelPath);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Reads a request that names no model. Its model is one that the caller may use.</summary>
    /// <exception cref="ErrorResponseException">The request is invalid.</exception>
    public Task<IncomingRequest> ReadAsync(HttpContext context) =>
        ReadAsync(context, ModelTasks.None, _ => models.Models.First(model => Caller.Of(context).MayUse(model.Name)).Name);

    private static ApiError UnsupportedMediaType(string? contentType)
    {
        var header = string.IsNullOrEmpty(contentType)
            ? "the request has no header 'Content-Type'"
            : $"you specified the header 'Content-Type: {Excerpt.Of(contentType)}'";
        return ApiError.Refused(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
            $"Unsupported content type. This API method only accepts 'application/json' requests, but {header}. " +
            "Please try again with a supported content type.");
    }

    // The charset is ignored: the validator requires UTF-8 bytes, whatever the header says. RFC 8259 defines no charset parameter.
    // Clients such as AG-UI's send their own header and one that a page adds in lower case; fetch joins the two.
    private static bool IsJson(string? contentType) => contentType is not null && contentType.Split(',').All(IsJsonType);

    private static bool IsJsonType(string header)
    {
        var type = header.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<RequestBody> ReadBodyAsync(HttpContext context)
    {
        using var timeout = new CancellationTokenSource(BodyTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            return await RequestBody.ReadAsync(context.Request, limits.Bytes, memory, both.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ErrorResponseException(Timeout);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // Kestrel's parser of chunk sizes fails with this exception for a number out of range.
            throw new ErrorResponseException(ApiError.MalformedHttp());
        }
    }

    private IncomingRequest Parse(
        RequestBody body, ModelTasks task, HttpContext context, Func<RequestJson, string?> modelName, string modelPath)
    {
        JsonText.ReplaceLoneSurrogates(body.Bytes.Span); // Model servers fail on them.
        if (new RequestValidator(limits).Find(body.Bytes.Span) is { } invalid)
        {
            throw new ErrorResponseException(invalid);
        }

        // Equal conversations become equal bytes with any formatting of the client.
        var bytes = body.Bytes[..JsonMinifier.MinifyInPlace(body.Bytes.Span)];
        var (json, fault) = RequestJson.Parse(task == ModelTasks.Chat ? bytes[..CacheMarks.Remove(bytes)] : bytes);
        if (json is null)
        {
            throw new ErrorResponseException(fault!);
        }

        var (model, name) = FindModel(modelName(json), modelPath, context);
        return model.Tasks.HasFlag(task)
            ? new IncomingRequest(context, body, json, model, name, UpstreamHeaders.Read(context, model))
            : throw new ErrorResponseException(FieldErrors.Invalid(
                "model", $"the model does not support {TaskName(task)}; it supports {TaskNames(model.Tasks)}"));
    }

    private (Model Model, string Name) FindModel(string? name, string path, HttpContext context)
    {
        var model = string.IsNullOrEmpty(name) ? models.Default : models.TryGet(name, out var named) ? named : null;
        return model is not null && Caller.Of(context).MayUse(model.Name) ? (model, string.IsNullOrEmpty(name) ? model.Name : name)
            : string.IsNullOrEmpty(name)
            ? throw new ErrorResponseException(FieldErrors.Missing(path, "the name of a model that GET /v1/models lists"))
            : throw new ErrorResponseException(ModelNotFound(name));
    }

    private static string TaskNames(ModelTasks tasks) =>
        string.Join(", ", Enum.GetValues<ModelTasks>().Where(task => task != ModelTasks.None && tasks.HasFlag(task)).Select(TaskName));

    private static string TaskName(ModelTasks task) => task.ToString().ToLowerInvariant();
}
