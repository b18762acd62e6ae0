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

    /// <summary>The description and the schema of a tool by its type, which ends with a date; null for any other type.</summary>
    public static (string Description, string Schema)? Find(string type) =>
        type.StartsWith("bash_", StringComparison.Ordinal) ? ("Runs a command in a persistent shell.", Bash)
        : type.StartsWith("text_editor_", StringComparison.Ordinal) ? ("Views, creates and edits text files.", TextEditor)
        : type.StartsWith("memory_", StringComparison.Ordinal) ? ("Stores files that later conversations can read.", Memory)
        : null;
}
