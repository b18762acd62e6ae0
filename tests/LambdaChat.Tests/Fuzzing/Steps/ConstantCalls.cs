namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// Library calls of the readers whose work does not grow with the text. Calls that run a delegate, or that are one round of a loop, count
/// by the delegate or the loop. Growing lists and buffers copy each element a constant number of times.
/// </summary>
internal static class ConstantCalls
{
    /// <summary>Types of which all methods are constant.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        // Views on memory and values.
        "Index", "Range",
        "Span`1<T>", "ReadOnlySpan`1<T>", "Memory`1<T>", "ReadOnlyMemory`1<T>", "MemoryMarshal", "JsonMarshal", "Unsafe", "Nullable`1<T>",
        "ValueTuple`2<T>", "ValueTuple`3<T>", "KeyValuePair`2<T>", "Object", "Math", "BinaryPrimitives", "Char", "Exception",
        "ArgumentOutOfRangeException", "CultureInfo", "DateTimeOffset", "CancellationToken", "StringComparer", "JavaScriptEncoder",
        "JsonDocumentOptions", "JsonReaderOptions", "JsonWriterOptions", "JsonDocument", "JsonEncodedText", "UTF8Encoding", "StringValues",
        // Delegates.
        "Action`1<T>", "Action`3<T>", "Func`1<T>", "Func`2<T>", "Func`3<T>", "Predicate`1<T>", "SpanAction`2<T>",
        // Enumerators, one element each.
        "Enumerator<T>", "IEnumerator", "IEnumerator`1<T>", "IEnumerable`1<T>", "ArrayEnumerator", "ObjectEnumerator", "IDisposable",
        // Tasks.
        "AsyncTaskMethodBuilder", "AsyncTaskMethodBuilder`1<T>", "Task", "Task`1<T>", "TaskAwaiter", "TaskAwaiter`1<T>", "ValueTask", "ValueTask`1<T>",
        "ValueTaskAwaiter`1<T>", "FlushResult",
        // HTTP.
        "HeaderDictionary", "HttpContext", "HttpRequestFeature", "HttpResponse", "IFeatureCollection", "IHeaderDictionary",
        "IHttpResponseBodyFeature", "PipeWriter", "MemoryStream",
        // Collections: their elements are counted where they are added, and names where they are looked up.
        "ArrayPool`1<T>", "Queue`1<T>", "IReadOnlyCollection`1<T>", "IReadOnlyList`1<T>", "RandomNumberGenerator",
    };

    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal)
    {
        "Array.Empty", "Array.Exists", "Array.ForEach", "Array.TrueForAll", "Array.get_MaxLength",
        "ArrayBufferWriter`1<T>..ctor", "ArrayBufferWriter`1<T>.Advance", "ArrayBufferWriter`1<T>.GetSpan",
        "ArrayBufferWriter`1<T>.ResetWrittenCount", "ArrayBufferWriter`1<T>.get_WrittenCount", "ArrayBufferWriter`1<T>.get_WrittenMemory",
        "ArrayBufferWriter`1<T>.get_WrittenSpan",
        "DefaultInterpolatedStringHandler..ctor", "DefaultInterpolatedStringHandler.AppendLiteral",
        "DefaultInterpolatedStringHandler.AppendFormatted", // Of numbers.
        "Dictionary`2<T>..ctor", "Dictionary`2<T>.GetEnumerator", "Dictionary`2<T>.get_Count", "HashSet`1<T>..ctor",
        "HashSet`1<T>.get_Count", "SortedDictionary`2<T>..ctor",
        "Encoding.GetEncoder", "Encoding.get_ASCII", "Encoding.get_Preamble", "Encoding.get_UTF8",
        // Each element runs a delegate, or a round of a loop of the caller.
        "Enumerable.Any", "Enumerable.Count", "Enumerable.FirstOrDefault", "Enumerable.Max", "Enumerable.Select", "Enumerable.Sum",
        "Enumerable.Where",
        "List`1<T>..ctor", "List`1<T>.Add", "List`1<T>.Exists", "List`1<T>.Find", "List`1<T>.ForEach",
        "List`1<T>.GetEnumerator", "List`1<T>.RemoveAll", "List`1<T>.get_Count", "List`1<T>.get_Item",
        "JsonElement.EnumerateArray", "JsonElement.EnumerateObject", "JsonElement.GetArrayLength", "JsonElement.get_ValueKind",
        "JsonProperty.get_Value",
        "MemberInfo.get_Name", // Of the type of an exception.
        "MemoryExtensions.AsMemory", "MemoryExtensions.AsSpan", "SearchValues.Create", // Of constants.
        "PathString.FromUriComponent", "PathString.get_Value", "IDictionary`2<T>.Remove", "IDictionary`2<T>.TryGetValue", // Of a request.
        "SortedDictionary`2<T>.TryGetValue", "SortedDictionary`2<T>.set_Item", // Of at most 128 choices.
        "String.Create", "String.StartsWith", // Of a number, and with a character.
        "String.IsNullOrEmpty", "String.get_Chars", "String.get_Length", "StringBuilder..ctor", "StringBuilder.get_Length",
        // Numbers.
        "Int32.TryParse", "Int64.ToString", "Int64.TryParse", "UInt16.TryParse", "Utf8Formatter.TryFormat", "Utf8Parser.TryParse",
        "Utf8JsonReader.TryGetInt32", "Utf8JsonReader.TryGetInt64",
        "Utf8JsonReader..ctor", "Utf8JsonReader.get_BytesConsumed", "Utf8JsonReader.get_TokenStartIndex", "Utf8JsonReader.get_TokenType",
        "Utf8JsonReader.get_CurrentState", "Utf8JsonReader.get_ValueSpan",
        "Utf8JsonWriter..ctor", "Utf8JsonWriter.Flush", "Utf8JsonWriter.WriteBoolean", "Utf8JsonWriter.WriteEndArray",
        "Utf8JsonWriter.WriteEndObject", "Utf8JsonWriter.WriteNull", "Utf8JsonWriter.WriteNumber", "Utf8JsonWriter.WriteStartArray",
        "Utf8JsonWriter.WriteStartObject",
    };

    /// <summary>Returns the methods that are not known to be constant.</summary>
    /// <param name="called">Methods with their parameters.</param>
    public static IEnumerable<string> FindOthers(IEnumerable<string> called) =>
        called.Where(method => !Methods.Contains(NameOf(method)) && !Types.Contains(TypeOf(method)));

    /// <summary>Returns the names that no longer stand for a method.</summary>
    public static IEnumerable<string> FindUnused(IReadOnlyCollection<string> called) =>
        Types.Except(called.Select(TypeOf)).Concat(Methods.Except(called.Select(NameOf)));

    private static string NameOf(string method) => method[..method.IndexOf('(', StringComparison.Ordinal)];

    private static string TypeOf(string method) =>
        NameOf(method) is var name && name.EndsWith("..ctor", StringComparison.Ordinal) ? name[..^6] : name[..name.LastIndexOf('.')];
}
