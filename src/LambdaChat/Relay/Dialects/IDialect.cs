using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// The record format of a model server that does not send OpenAI's chat chunks. <see cref="RecordTranslator"/> lists the implementations,
/// which have no state.
/// </summary>
internal interface IDialect
{
    /// <summary>Converts a record of this dialect to chunks; false for a record of another.</summary>
    /// <param name="record">The record and the positions of its parts.</param>
    /// <param name="choices">What the choices have sent so far.</param>
    /// <param name="output">Receives the chunks, each as one JSON object.</param>
    /// <exception cref="JsonException">The record is damaged.</exception>
    bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output);
}
