using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>Refuses the <see cref="RestrictedFields"/> that a model's configuration does not allow.</summary>
internal static class RestrictedFieldCheck
{
    /// <exception cref="ErrorResponseException">The request has such a field, and its value chooses something.</exception>
    public static void Run(RequestJson json, Model model, ModelTasks task)
    {
        var isGenerated = task is ModelTasks.Chat or ModelTasks.Completions;
        Run(json, model, isGenerated, path: "");
        if (isGenerated && json.Find(RestrictedFields.Extensions) is { Type: JsonTokenType.StartObject } member
            && RequestJson.TryParse(json.Body[member.ValueStart..member.ValueEnd]) is { } extensions)
        {
            Run(extensions, model, isGenerated, RestrictedFields.Extensions + ".");
        }
    }

    private static void Run(RequestJson json, Model model, bool isGenerated, string path)
    {
        foreach (var name in RestrictedFields.Names)
        {
            if (json.Find(name) is { } member && !model.AllowedFields.Contains(name) && (isGenerated || name != RestrictedFields.Inputs)
                && !IsNeutral(json, name, member))
            {
                throw new ErrorResponseException(FieldErrors.NotAllowed(path + name));
            }
        }
    }

    // Some clients send the defaults of the server.
    private static bool IsNeutral(RequestJson json, string name, JsonMember member) => member.Type switch
    {
        JsonTokenType.False => !RestrictedFields.Integers.Contains(name),
        JsonTokenType.StartArray => json.IsEmptyList(name),
        JsonTokenType.Number => json.IntegerOrNull(name) is { } number && number == RestrictedFields.NeutralOf(name),
        _ => false,
    };
}
