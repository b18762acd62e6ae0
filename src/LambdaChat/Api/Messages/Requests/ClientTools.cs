using LambdaChat.Http;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// Tools that the client runs and that Anthropic's models know without a schema: a request contains only their type. Source:
/// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
/// </summary>
internal static class ClientTools
{
    private const string Bash = """
        {"type":"object","properties":{"command":{"type":"string","description":"The command to run."},
        "restart":{"type":"boolean","description":"True to restart the shell, without a command."}}}
        """;

    private const string TextEditor = """
        {"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},
        "path":{"type":"string","description":"The path of the file or directory."},
        "view_range":{"type":"array","items":{"type":"integer"},"description":"For view: the first and the last line."},
        "file_text":{"type":"string","description":"For create: the content of the file."},
        "old_str":{"type":"string","description":"For str_replace: the text to replace, which must occur once."},
        "new_str":{"type":"string","description":"For str_replace: the new text."},
        "insert_line":{"type":"integer","description":"For insert: the line after which the text is inserted."},
        "insert_text":{"type":"string","description":"For insert: the text."}},"required":["command","path"]}
        """;

    private const string Memory = """
        {"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},
        "path":{"type":"string","description":"The path under /memories, for all commands except rename."},
        "view_range":{"type":"array","items":{"type":"integer"},"description":"For view: the first and the last line."},
        "file_text":{"type":"string","description":"For create: the content of the file."},
        "old_str":{"type":"string","description":"For str_replace: the text to replace, which must occur once."},
        "new_str":{"type":"string","description":"For str_replace: the new text."},
        "insert_line":{"type":"integer","description":"For insert: the line after which the text is inserted."},
        "insert_text":{"type":"string","description":"For insert: the text."},
        "old_path":{"type":"string","description":"For rename: the present path."},
        "new_path":{"type":"string","description":"For rename: the new path."}},"required":["command"]}
        """;

    private const string ComputerActions = """
        {"type":"object","properties":{"action":{"type":"string","enum":["screenshot","left_click","right_click","middle_click",
        "double_click","triple_click","left_click_drag","left_mouse_down","left_mouse_up","mouse_move","cursor_position","scroll","type",
        "key","hold_key","wait"
        """;

    private const string ComputerArguments = """
        ]},"coordinate":{"type":"array","items":{"type":"integer"},"description":"The position [x, y] of the mouse, in pixels."},
        "start_coordinate":{"type":"array","items":{"type":"integer"},"description":"For left_click_drag: the start [x, y]."},
        "text":{"type":"string","description":"For type: the text. For key and hold_key: the keys, such as ctrl+s."},
        "scroll_direction":{"type":"string","enum":["up","down","left","right"],"description":"For scroll."},
        "scroll_amount":{"type":"integer","description":"For scroll: the number of steps."},
        "duration":{"type":"number","description":"For hold_key and wait: the time in seconds."}
        """;

    private const string Region = """
        "region":{"type":"array","items":{"type":"integer"},"description":"For zoom: the part [x0, y0, x1, y1] of the screen."}
        """;

    private const string ComputerEnd = "},\"required\":[\"action\"]}";
    private const string Computer = ComputerActions + ComputerArguments + ComputerEnd;
    private const string ComputerWithZoom = ComputerActions + ",\"zoom\"" + ComputerArguments + "," + Region + ComputerEnd;

    /// <summary>The types that <see cref="Find"/> knows.</summary>
    public static IEnumerable<string> Types { get; } = ["bash_*", "text_editor_*", "memory_*", "computer_*"];

    /// <summary>The description and the schema of a tool by its type, which ends with a date; null for any other type.</summary>
    /// <exception cref="ErrorResponseException">A member of the tool is malformed.</exception>
    public static (string Description, string Schema)? Find(JsonObjectItem tool)
    {
        var type = tool.Type;
        return type.StartsWith("bash_", StringComparison.Ordinal) ? ("Runs a command in a persistent shell.", Bash)
            : type.StartsWith("text_editor_", StringComparison.Ordinal) ? ("Views, creates and edits text files.", TextEditor)
            : type.StartsWith("memory_", StringComparison.Ordinal) ? ("Stores files that later conversations can read.", Memory)
            : !type.StartsWith("computer_", StringComparison.Ordinal) ? null
            : (Describe(tool), tool.IsTrue("enable_zoom") ? ComputerWithZoom : Computer);
    }

    private static string Describe(JsonObjectItem tool) =>
        tool.FindNumber("display_width_px") is { } width && tool.FindNumber("display_height_px") is { } height
            ? $"Uses the screen, the mouse and the keyboard of a computer. The screen has {width} x {height} pixels."
            : "Uses the screen, the mouse and the keyboard of a computer.";
}
