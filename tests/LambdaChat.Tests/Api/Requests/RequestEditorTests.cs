using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;

namespace LambdaChat.Tests.Api.Requests;

public sealed class RequestEditorTests
{
    /// <summary>Body, edits (<c>+name=value</c> or <c>-name</c>), and the result.</summary>
    public static TheoryData<string, string, string> Edits { get; } = new()
    {
        { """{"a":1}""", "", """{"a":1}""" },
        { """{"a":1}""", "+a=2", """{"a":2}""" },
        { " { \"a\" :\t1 ,\r\n\"b\": [ 1 ] } ", "+a={\"x\":1}", " { \"a\" :\t{\"x\":1} ,\r\n\"b\": [ 1 ] } " },
        { """{"a":null,"b":2}""", "+b=3 +a=2", """{"a":2,"b":3}""" },
        { """{"a":1}""", "+b=2", """{"b":2,"a":1}""" },
        { """{"a":1}""", "+b=2 +c=3", """{"b":2,"c":3,"a":1}""" },
        { """{}""", "+b=2 +c=3", """{"b":2,"c":3}""" },
        { """{ }""", "+b=2", """{"b":2 }""" },
        { """{"a":1}""", "+a=2 +b=3", """{"b":3,"a":2}""" },
        { """{"a":1,"b":2,"c":3}""", "-a", """{"b":2,"c":3}""" },
        { """{"a":1,"b":2,"c":3}""", "-b", """{"a":1,"c":3}""" },
        { """{"a":1,"b":2,"c":3}""", "-c", """{"a":1,"b":2}""" },
        { """{ "a": 1, "b": 2, "c": 3 }""", "-a", """{ "b": 2, "c": 3 }""" },
        { """{ "a": 1, "b": 2, "c": 3 }""", "-b", """{ "a": 1, "c": 3 }""" },
        { """{ "a": 1, "b": 2, "c": 3 }""", "-c", """{ "a": 1, "b": 2 }""" },
        { """{"a":1,"b":2,"c":3,"d":4}""", "-a -b", """{"c":3,"d":4}""" },
        { """{"a":1,"b":2,"c":3,"d":4}""", "-b -c", """{"a":1,"d":4}""" },
        { """{"a":1,"b":2,"c":3,"d":4}""", "-d -c", """{"a":1,"b":2}""" },
        { """{"a":1,"b":2,"c":3,"d":4}""", "-a -c", """{"b":2,"d":4}""" },
        { """{"a":1,"b":2,"c":3,"d":4}""", "-b -d", """{"a":1,"c":3}""" },
        { """{"a":1,"b":2,"c":3,"d":4}""", "-a -b -d", """{"c":3}""" },
        { """{"a":1,"b":2}""", "-a -b", """{}""" },
        { """{ "a":1, "b":2 }""", "-b -a", """{  }""" },
        { """{"a":1,"b":2}""", "-a -b +c=3", """{"c":3}""" },
        { """{"a":1,"b":2}""", "-a +c=3", """{"c":3,"b":2}""" },
        { """{"a":1,"b":2}""", "-b +c=3", """{"c":3,"a":1}""" },
        { """{"a":1,"b":2}""", "+a=9 -b", """{"a":9}""" },
        { """{"a":1,"b":2}""", "-a +b=9", """{"b":9}""" },
        { """{"a":1,"b":2}""", "-a +a=3", """{"a":3,"b":2}""" },
        { """{"a":1,"b":2}""", "+a=3 -a", """{"b":2}""" },
        { """{"a":1}""", "+b=3 -b", """{"a":1}""" },
        { """{"a":1}""", "-b", """{"a":1}""" },
        { """{"a":1,"b":2}""", "+模\"型=3", """{"模\"型":3,"a":1,"b":2}""" },
        { """{"\u0061":1,"b":2}""", "+a=3", """{"\u0061":3,"b":2}""" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Apply_Edits_ChangeOnlyWhatTheyName(string body, string edits, string expected)
    {
        var result = Join(Edit(Read(body), edits));

        Assert.Equal(expected, Encoding.UTF8.GetString(result));
        using var document = JsonDocument.Parse(result);
    }

    [Fact]
    public void Apply_EverySetOfRemovedMembers_LeavesTheOthers()
    {
        const string Names = "abcde";
        var body = $"{{ {string.Join(" , ", Names.Select(name => $"\"{name}\" : \"{name}\""))} }}";

        for (var set = 0; set < 1 << Names.Length; set++)
        {
            var removed = Names.Where((_, i) => (set & (1 << i)) != 0).ToList();
            var edits = string.Join(' ', removed.Select(name => $"-{name}"));
            using var with = JsonDocument.Parse(Join(Edit(Read(body), edits + " +new=1")));
            using var without = JsonDocument.Parse(Join(Edit(Read(body), edits)));

            Assert.Equal(Names.Except(removed).Select(name => name.ToString()),
                without.RootElement.EnumerateObject().Select(member => member.Name));
            Assert.Equal(["new", .. Names.Except(removed).Select(name => name.ToString())],
                with.RootElement.EnumerateObject().Select(member => member.Name));
        }
    }

    [Theory]
    [InlineData("""{"a":1,"f":[ 2 ],"b":3}""", "", """{"f":[ 2 ],"a":1,"b":3}""")]
    [InlineData("""{"a":1,"g":3,"f":2}""", "", """{"f":2,"g":3,"a":1}""")]
    [InlineData("""{"f":2}""", "", """{"f":2}""")]
    [InlineData("""{ "g" : 3 , "f" : 2 }""", "", """{"f":2,"g":3  }""")]
    [InlineData("""{"a":1,"\u0066":2}""", "", """{"f":2,"a":1}""")]
    [InlineData("""{"a":1}""", "", """{"a":1}""")]
    [InlineData(""" {"a":1}""", "+b=2", """ {"b":2,"a":1}""")]
    [InlineData("""{"a":1}""", "+f=2 +b=3", """{"f":2,"b":3,"a":1}""")]
    [InlineData("""{"f":1}""", "+f=2 +b=3", """{"f":2,"b":3}""")]
    [InlineData("""{"a":1,"f":1,"g":2}""", "-f", """{"g":2,"a":1}""")]
    [InlineData("""{"f":1,"a":2}""", "-a", """{"f":1}""")]
    [InlineData("""{"f":1}""", "-f", """{}""")]
    [InlineData("""{"a":1,"f":null}""", "", """{"a":1,"f":null}""")]
    public void Apply_WithFirstMembers_MovesThemWithTheirEdits(string body, string edits, string expected)
    {
        var result = Join(Edit(Read(body), edits).Apply(["f", "g"]));

        Assert.Equal(expected, Encoding.UTF8.GetString(result).TrimEnd());
        using var document = JsonDocument.Parse(result);
    }

    [Fact]
    public void Apply_WithFirstMembers_MovesEditsInsideThem()
    {
        const string Body = """{"a":[1,2],"f":[3,4],"g":[5,6]}""";
        var editor = new RequestEditor(Read(Body));
        foreach (var number in "146")
        {
            var start = Body.IndexOf(number, StringComparison.Ordinal);
            editor.Replace(start, start + 1, [(byte)'x']);
        }

        Assert.Equal("""{"f":[3,x],"g":[5,x],"a":[x,2]}""", Encoding.UTF8.GetString(Join(editor.Apply(["f", "g"]))));
    }

    [Fact]
    public void Replace_InsideAValue_KeepsTheSurroundingText()
    {
        var json = Read("""{"first":0,"a":[ 1, 22 ,333 ],"last":9}""");
        var editor = Edit(json, "-first +last=8 +new=7");
        var start = json.Find("a")!.Value.ValueStart;
        editor.Replace(start + 5, start + 7, "\"two\""u8.ToArray());
        editor.Replace(start + 2, start + 3, "\"one\""u8.ToArray());

        Assert.Equal("""{"new":7,"a":[ "one", "two" ,333 ],"last":8}""", Encoding.UTF8.GetString(Join(editor)));
    }

    [Fact]
    public void Apply_UnchangedPieces_AreTheBodysOwnMemory()
    {
        var json = Read("""{"model":"a","messages":[1,2,3],"x":1}""");

        var pieces = Edit(json, "+model=\"b\"").Apply();

        Assert.Contains(pieces,
            piece => piece.Span.Overlaps(json.Body.Span) && Encoding.UTF8.GetString(piece.Span) == ""","messages":[1,2,3],"x":1}""");
    }

    [Fact]
    public void Apply_Twice_GivesTheSame()
    {
        var editor = Edit(Read("""{"a":1,"b":2}"""), "-a +c=3");

        Assert.Equal(Join(editor), Join(editor));
    }

    [Fact]
    public void Include_EditsOfANestedObject_ChangeOnlyThatObject()
    {
        var json = Read("""{"a":[{"x":1},{"x":1,"y":2}],"x":1}""");
        var editor = Edit(json, "-x");
        var nested = RequestJson.TryParse(json.Body[14..27])!;
        editor.Include(Edit(nested, "-x +z=3"), 14);

        Assert.Equal("""{"a":[{"x":1},{"z":3,"y":2}]}""", Encoding.UTF8.GetString(Join(editor)));
    }

    [Fact]
    public void Apply_ManyReplacements_ReplacesEachValue()
    {
        var json = Read($$"""{"a":[{{string.Join(',', Enumerable.Repeat("1", 10_000))}}]}""");
        var editor = new RequestEditor(json);
        for (var i = 0; i < 10_000; i++)
        {
            editor.Replace(6 + (2 * i), 7 + (2 * i), "22"u8.ToArray());
        }

        Assert.Equal($$"""{"a":[{{string.Join(',', Enumerable.Repeat("22", 10_000))}}]}""", Encoding.UTF8.GetString(Join(editor)));
    }

    private static byte[] Join(RequestEditor editor) => Join(editor.Apply());

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> pieces) => [.. pieces.SelectMany(piece => piece.ToArray())];

    private static RequestJson Read(string body) => RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!;

    private static RequestEditor Edit(RequestJson json, string script)
    {
        var editor = new RequestEditor(json);
        foreach (var edit in script.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (edit[0] == '-')
            {
                editor.Remove(edit[1..]);
            }
            else
            {
                var parts = edit[1..].Split('=', 2);
                editor.Set(parts[0], Encoding.UTF8.GetBytes(parts[1]));
            }
        }

        return editor;
    }
}
