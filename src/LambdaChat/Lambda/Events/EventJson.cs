using System.Text.Json;

namespace LambdaChat.Lambda.Events;

/// <summary>The steps by which an event is read.</summary>
internal static class EventJson
{
    /// <summary>The reader is on the next member's name; false at the end of the object.</summary>
    public static bool ReadName(this ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>The next value, which is a string or null.</summary>
    public static string? ReadText(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    /// <summary>True where the next value is an object, false where it is null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static bool ReadObject(this ref Utf8JsonReader reader) => reader.ReadStart(JsonTokenType.StartObject);

    /// <summary>True where the next value is an array, false where it is null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static bool ReadArray(this ref Utf8JsonReader reader) => reader.ReadStart(JsonTokenType.StartArray);

    /// <summary>Calls for each value of an object of lists: <c>{"name":["value"]}</c>, or null.</summary>
    public static void ReadLists(this ref Utf8JsonReader reader, Action<string, string> add)
    {
        if (!reader.ReadObject())
        {
            return;
        }

        while (reader.ReadName())
        {
            var name = reader.GetString()!;
            if (reader.ReadArray())
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    add(name, reader.GetString() ?? "");
                }
            }
        }
    }

    /// <summary>The name itself.</summary>
    /// <exception cref="JsonException">It is empty, and so no name.</exception>
    public static string HeaderName(string name) => name.Length > 0 ? name : throw new JsonException();

    private static bool ReadStart(this ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || (reader.TokenType != type && reader.TokenType != JsonTokenType.Null))
        {
            throw new JsonException();
        }

        return reader.TokenType == type;
    }
}
