using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>
/// Looks once through a whole body, for what parsers behind the relay might read each in a way of their own, or not survive: a name
/// twice in one object, bytes that are no UTF-8, numbers without bound, depth. A fault is named with its place, as in
/// <c>messages[2].content</c>. RFC 8259 section 4: "The names within an object SHOULD be unique", section 8.1: "MUST be encoded using
/// UTF-8". Source: https://www.rfc-editor.org/rfc/rfc8259
/// </summary>
internal sealed class RequestValidator(RequestLimits limits)
{
    public const int MaximumDepth = 128;

    private const int MaximumNameBytes = 256;
    private const int MaximumNumberBytes = 64;
    private const int MaximumShown = 64;

    private readonly List<Level> _levels = [];
    private int _depth;

    /// <summary>The first fault; null where there is none.</summary>
    public OpenAIError? Find(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return OpenAIError.BadRequest("The body is not valid UTF-8.");
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaximumDepth + 1 });
        try
        {
            OpenAIError? fault = null;
            while (fault is null && reader.Read())
            {
                fault = Take(ref reader);
            }

            return fault;
        }
        catch (JsonException exception)
        {
            return RequestJson.NotJson(exception);
        }
        catch (InvalidOperationException)
        {
            return RequestJson.NotText;
        }
    }

    private OpenAIError? Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                return TakeName(ref reader);
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _depth--;
                return null;
        }

        if (_depth > 0 && _levels[_depth - 1].IsArray && ++_levels[_depth - 1].Index == limits.Messages && _depth == 2 && _levels[0].Name == "messages")
        {
            return Fault("messages", $"has more than {limits.Messages} messages");
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartObject or JsonTokenType.StartArray => Open(reader.TokenType == JsonTokenType.StartArray),
            JsonTokenType.String when reader.ValueSpan.Length > limits.TextBytes => Fault(Path(), $"has {reader.ValueSpan.Length} bytes, and at most {limits.TextBytes} are taken"),
            JsonTokenType.Number => TakeNumber(ref reader),
            _ => null,
        };
    }

    private OpenAIError? Open(bool isArray)
    {
        if (_depth == MaximumDepth)
        {
            return Fault(Path(), $"is nested more than {MaximumDepth} deep");
        }

        if (_depth == _levels.Count)
        {
            _levels.Add(new Level());
        }

        _levels[_depth++].Open(isArray);
        return null;
    }

    private OpenAIError? TakeName(ref Utf8JsonReader reader)
    {
        var level = _levels[_depth - 1];
        if (reader.ValueSpan.Length > MaximumNameBytes)
        {
            return OpenAIError.BadRequest($"A name in the body has more than {MaximumNameBytes} bytes.");
        }

        level.Name = reader.GetString()!;
        return level.Names.Add(level.Name) ? null : OpenAIError.BadRequest($"`{Path()}` stands twice in the body.", Path());
    }

    private OpenAIError? TakeNumber(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length > MaximumNumberBytes ? Fault(Path(), $"is a number of more than {MaximumNumberBytes} characters")
        : !reader.TryGetDouble(out var number) || !double.IsFinite(number) ? Fault(Path(), "is a number too large for any model")
        : null;

    private static OpenAIError Fault(string path, string fault) => OpenAIError.BadRequest($"`{path}` {fault}.", path);

    // A place in the body, cut to what an error can carry.
    private string Path()
    {
        var path = new StringBuilder();
        for (var i = 0; i < _depth && path.Length <= MaximumShown; i++)
        {
            var level = _levels[i];
            _ = level.IsArray ? path.Append('[').Append(level.Index).Append(']') : path.Append(i == 0 ? "" : ".").Append(level.Name);
        }

        return path.Length <= MaximumShown ? path.ToString() : path.ToString(0, MaximumShown) + "…";
    }

    private sealed class Level
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public bool IsArray { get; private set; }

        public string Name { get; set; } = "";

        public int Index { get; set; }

        public void Open(bool isArray)
        {
            Names.Clear();
            (IsArray, Name, Index) = (isArray, "", -1);
        }
    }
}
