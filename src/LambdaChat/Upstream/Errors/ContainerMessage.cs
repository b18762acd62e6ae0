using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Reads the error of a model server: OpenAI's form, FastAPI's <c>detail</c>, TGI's, Python's, plain text, HTML, or a text of SageMaker's
/// that contains one. The result is safe to show, see <see cref="ErrorText"/>.
/// </summary>
internal static class ContainerMessage
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true };

    /// <summary>Reads an error body.</summary>
    /// <param name="status">The container's HTTP status; null if unknown. It overrides a status in the body.</param>
    public static ContainerError Read(string? text, int? status)
    {
        text = text?.Trim() ?? "";
        var inner = ModelErrorMessage.Unwrap(text, out var innerStatus);
        text = inner ?? text;
        var fields = new ErrorFields { Status = status ?? innerStatus };
        if (PythonObjects.TrySplit(text, out var innermostStatus, out var body) && TryReadJson(body, fields, depth: 0)
            && fields.Message is not null)
        {
            fields.Status ??= innermostStatus;
        }
        else if (!TryReadJson(text, fields, depth: 0))
        {
            fields.Message = text == "null" ? "" : text;
        }

        return fields.ToError();
    }

    private static bool TryReadJson(string text, ErrorFields fields, int depth)
    {
        if (text is not (['{', ..] or ['[', ..] or ['"', ..]))
        {
            return false;
        }

        return TryParse(text, fields, depth) || (PythonObjects.ToJson(text) is { } json && TryParse(json, fields, depth));
    }

    private static bool TryParse(string json, ErrorFields fields, int depth)
    {
        try
        {
            using var document = JsonDocument.Parse(JsonText.ToValid(Encoding.UTF8.GetBytes(json)), Lenient);
            Read(document.RootElement, fields, depth);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Read(JsonElement error, ErrorFields fields, int depth)
    {
        if (depth > ErrorFields.MaximumDepth)
        {
            return;
        }

        switch (error.ValueKind)
        {
            case JsonValueKind.String when depth == ErrorFields.MaximumDepth || !TryReadNested(error.GetString()!, fields, depth):
                fields.Message ??= error.GetString();
                break;
            case JsonValueKind.Array:
                fields.Message ??= ReadList(error, fields);
                break;
            case JsonValueKind.Object:
                ReadObject(error, fields, depth);
                break;
        }
    }

    // Some servers write JSON as the text of their error.
    private static bool TryReadNested(string text, ErrorFields fields, int depth)
    {
        var nested = new ErrorFields();
        if (!TryReadJson(text.Trim(), nested, depth + 1) || nested.Message is null)
        {
            return false;
        }

        fields.Take(nested);
        return true;
    }

    // Members of an outer object override those of an inner one.
    private static void ReadObject(JsonElement error, ErrorFields fields, int depth)
    {
        fields.TakeMembers(error);
        foreach (var name in ErrorFields.MessageNames)
        {
            if (fields.Message is null && error.TryGetProperty(name, out var inner)
                && !(name == "error" && ErrorFields.IsName(error, inner)))
            {
                Read(inner, fields, depth + 1);
            }
        }
    }

    // FastAPI's detail: {"loc":["body","temperature"],"msg":"…"}.
    private static string? ReadList(JsonElement errors, ErrorFields list)
    {
        var messages = new List<string>();
        foreach (var item in errors.EnumerateArray().Take(ErrorFields.MaximumItems))
        {
            var fields = new ErrorFields();
            Read(item, fields, depth: 1);
            list.Status ??= fields.Status;
            if (fields.Message is { Length: > 0 } message)
            {
                messages.Add(ReadLocation(item) is { Length: > 0 } location ? $"{location}: {message}" : message);
            }
        }

        return messages.Count == 0 ? null : string.Join("; ", messages);
    }

    private static string ReadLocation(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("loc", out var location) && location.ValueKind == JsonValueKind.Array
            ? string.Join('.', location.EnumerateArray().Select(part => part.ToString()))
            : "";
}
