namespace LambdaChat.Models;

/// <summary>What a model's text does with <c>&lt;think&gt;</c> tags.</summary>
internal enum ThinkMode
{
    /// <summary>A tag at the very beginning opens the thinking.</summary>
    Auto,

    /// <summary>The chat template has opened the tag in the prompt: the text begins inside it.</summary>
    Started,

    /// <summary>Tags are ordinary text.</summary>
    Off,
}
