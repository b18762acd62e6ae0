using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>Refuses the <see cref="RestrictedFields"/> that a model's configuration does not allow.</summary>
internal static class RestrictedFieldCheck
{
    /// <exception cref="ErrorResponseException">The request has such a field, and it is not null.</exception>
    public static void Run(RequestJson json, Model model, ModelTasks task)
    {
        var isGenerated = task is ModelTasks.Chat or ModelTasks.Completions;
        Run(json, model, isGenerated, path: "");
        if (isGenerated && json.Find(RestrictedFields.Extensions) is { Type: JsonTokenType.StartObject } member
            && RequestJson.Parse(json.Body[member.ValueStart..member.ValueEnd]).Json is { } extensions)
        {
            Run(extensions, model, isGenerated, RestrictedFields.Extensions + ".");
        }
    }

    private static void Run(RequestJson json, Model model, bool isGenerated, string path)
    {
        foreach (var name in RestrictedFields.Names)
        {
            if (json.Find(name) is not null && !model.AllowedFields.Contains(name) && (isGenerated || name != RestrictedFields.Inputs))
            {
                throw new ErrorResponseException(FieldErrors.NotAllowed(path + name));
            }
        }
    }
}
