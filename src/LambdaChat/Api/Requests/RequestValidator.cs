using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>
/// Validates a whole body once, in linear time, before anything else reads it: UTF-8, unique names, and bounds on depth, numbers and
/// strings. An error names the field, such as <c>messages[2].content</c>. Model servers differ in how they parse duplicate
/// names. RFC 8259 section 4: "The names within an object SHOULD be unique", section 8.1: "MUST be encoded using UTF-8".
/// Source: https://www.rfc-editor.org/rfc/rfc8259
/// </summary>
internal sealed class RequestValidator(RequestLimits limits)
{
    public const int MaximumDepth = 128;

    /// <summary>The most fields of the request.</summary>
    public const int MaximumNames = 10_000;

    /// <summary>The most bytes of all names of an object inside the request. The results of tools have long names, and many.</summary>
    public const int MaximumNamesBytes = 1024 * 1024;

    private const int MaximumNameBytes = 256; // Of a field of the request.
    private const int MaximumNumberBytes = 64;
    private const int MaximumPathLength = 64;

    private readonly List<Level> _levels = [];
    private int _depth;

    /// <summary>Returns the first error, or null.</summary>
    public ApiError? Find(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return ApiError.BadRequest("The request body is not valid UTF-8.");
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaximumDepth + 1 });
        try
        {
            ApiError? fault = null;
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

    private ApiError? Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                return TakeName(ref reader);
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _depth--;
                return null;
        }

        if (_depth > 0 && _levels[_depth - 1].IsArray && ++_levels[_depth - 1].Index == limits.Messages && _depth == 2
            && _levels[0].Name == "messages")
        {
            return FieldErrors.LongArray("messages", limits.Messages);
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartObject or JsonTokenType.StartArray => Open(reader.TokenType == JsonTokenType.StartArray),
            JsonTokenType.String when reader.ValueSpan.Length > limits.TextBytes =>
                FieldErrors.LongString(Path(), limits.TextBytes, reader.ValueSpan.Length, " bytes"),
            JsonTokenType.Number => TakeNumber(ref reader),
            _ => null,
        };
    }

    private ApiError? Open(bool isArray)
    {
        if (_depth == MaximumDepth)
        {
            return FieldErrors.Invalid(Path(), $"the value is nested more than {MaximumDepth} levels deep");
        }

        if (_depth == _levels.Count)
        {
            _levels.Add(new Level());
        }

        _levels[_depth++].Open(isArray);
        return null;
    }

    private ApiError? TakeName(ref Utf8JsonReader reader)
    {
        var level = _levels[_depth - 1];
        level.NameBytes += reader.ValueSpan.Length;
        if (_depth == 1 && reader.ValueSpan.Length > MaximumNameBytes)
        {
            return ApiError.BadRequest($"A field name in the request body has more than {MaximumNameBytes} bytes.");
        }

        if (_depth > 1 && level.NameBytes > MaximumNamesBytes)
        {
            return FieldErrors.Invalid(Path(_depth - 1), $"the names of its members have more than {MaximumNamesBytes} bytes together");
        }

        level.Name = reader.GetString()!;
        return !level.Names.Add(level.Name) ? RequestJson.Duplicate(Path())
            : _depth == 1 && level.Names.Count > MaximumNames
            ? ApiError.BadRequest($"The request body has more than {MaximumNames} fields.")
            : null;
    }

    private ApiError? TakeNumber(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length > MaximumNumberBytes
            ? FieldErrors.Invalid(Path(), $"the number has more than {MaximumNumberBytes} characters")
        : !reader.TryGetDouble(out var number) || !double.IsFinite(number) ? FieldErrors.Invalid(Path(), "the number is out of range")
        : null;

    private string Path() => Path(_depth);

    private string Path(int depth)
    {
        var path = new StringBuilder();
        for (var i = 0; i < depth && path.Length <= MaximumPathLength; i++)
        {
            var level = _levels[i];
            _ = level.IsArray ? path.Append('[').Append(level.Index).Append(']') : path.Append(i == 0 ? "" : ".").Append(level.Name);
        }

        return Excerpt.Of(path.ToString());
    }

    private sealed class Level
    {
        private const int SmallCount = 64;

        public HashSet<string> Names { get; private set; } = new(StringComparer.Ordinal);

        public bool IsArray { get; private set; }

        public string Name { get; set; } = "";

        public int Index { get; set; }

        /// <summary>The bytes of all names so far.</summary>
        public int NameBytes { get; set; }

        // HashSet.Clear clears every bucket, so a set that was large once would make each later object at this depth expensive.
        public void Open(bool isArray)
        {
            if (Names.Count > SmallCount)
            {
                Names = new(StringComparer.Ordinal);
            }

            Names.Clear();
            (IsArray, Name, Index, NameBytes) = (isArray, "", -1, 0);
        }
    }
}
