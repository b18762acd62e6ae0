using System.Text.Json;

namespace LambdaChat.Lambda.Events;

/// <summary>Reads the values of an event's JSON.</summary>
internal static class EventJson
{
    /// <summary>Moves to the next member name. False at the end of the object.</summary>
    public static bool ReadName(this ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Reads the next value: a string or null.</summary>
    public static string? ReadText(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    /// <summary>Moves into the next value. True if it is an object, false if it is null.</summary>
    /// <exception cref="JsonException">The value is neither.</exception>
    public static bool ReadObject(this ref Utf8JsonReader reader) => reader.ReadStart(JsonTokenType.StartObject);

    /// <summary>Moves into the next value. True if it is an array, false if it is null.</summary>
    /// <exception cref="JsonException">The value is neither.</exception>
    public static bool ReadArray(this ref Utf8JsonReader reader) => reader.ReadStart(JsonTokenType.StartArray);

    /// <summary>Calls <paramref name="add"/> for each text of an array, or never if it is null.</summary>
    public static void ReadArray(this ref Utf8JsonReader reader, Action<string?> add)
    {
        if (reader.ReadArray())
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                add(reader.GetString());
            }
        }
    }

    /// <summary>Calls <paramref name="add"/> for each member of <c>{"name":"value"}</c>. The object and each value can be null.</summary>
    public static void ReadTexts(this ref Utf8JsonReader reader, Action<string, string?> add)
    {
        if (reader.ReadObject())
        {
            while (reader.ReadName())
            {
                add(reader.GetString()!, reader.ReadText());
            }
        }
    }

    /// <summary>Calls <paramref name="add"/> for each value of <c>{"name":["value"]}</c>. The object and each list can be null.</summary>
    public static void ReadLists(this ref Utf8JsonReader reader, Action<string, string> add)
    {
        if (reader.ReadObject())
        {
            while (reader.ReadName())
            {
                var name = reader.GetString()!;
                reader.ReadArray(value => add(name, value ?? ""));
            }
        }
    }

    /// <summary>Returns the name.</summary>
    /// <exception cref="JsonException">The name is empty.</exception>
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
