using System.Globalization;
using System.Text;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Adds the required members to a chunk: <c>id</c>, <c>object</c>, <c>created</c>, <c>model</c>, <c>choices</c>, and in each choice the
/// <c>index</c>, the <c>finish_reason</c> and, in a text completion, the <c>text</c>. Valid members are not changed. All chunks of a reply
/// have the same id.
/// </summary>
internal sealed class EnvelopeEditor
{
    private const int MaximumIdLength = 256;
    private const int SecondsDigits = 11; // Typed clients cannot read a time above the year 9999, such as one in milliseconds.
    private const double MaximumSeconds = 1e11;

    private static readonly byte[] NoFinishReason = "\"finish_reason\":null,"u8.ToArray();
    private static readonly byte[] NoText = "\"text\":\"\","u8.ToArray();
    private static readonly byte[] EmptyText = "\"\""u8.ToArray();
    private static readonly byte[] NoChoices = "[]"u8.ToArray();

    private readonly JsonSplicer _splices;
    private readonly bool _isChat;
    private readonly byte[] _object;
    private readonly byte[] _model;
    private byte[] _id;
    private byte[] _created;
    private bool _hasId;
    private bool _hasCreated;

    public EnvelopeEditor(OutputFormat format, JsonSplicer splices)
    {
        _splices = splices;
        _isChat = format.IsChat;
        _object = JsonText.Quote(format.Object);
        _model = JsonText.Quote(format.Model);
        _created = Encoding.UTF8.GetBytes(format.Created.ToString(CultureInfo.InvariantCulture));
        _id = JsonText.Quote(format.Id);
        _hasId = format.HasOwnId;
    }

    /// <summary>The reply's id as JSON: the server's, if its first chunk has one of at most 256 bytes.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>True if another call continues the reply: all chunks then have the time of the first.</summary>
    public bool IsContinued { get; set; }

    /// <summary>Takes the id and the time from the first record of the reply.</summary>
    public void Note(in Chunk chunk)
    {
        var layout = chunk.Layout;
        if (!_hasId)
        {
            _hasId = true;
            _id = layout.Id.HasText && layout.Id.ValueEnd - layout.Id.ValueStart <= MaximumIdLength
                ? layout.Id.Value(chunk.Json).ToArray()
                : _id;
        }

        if (!_hasCreated && layout.Created.Type == JsonTokenType.Number)
        {
            _hasCreated = true;
            _created = WholeSeconds(layout.Created.Value(chunk.Json)) ?? _created;
        }
    }

    /// <summary>Adds the splices of everything around the choices.</summary>
    public void Edit(in Chunk chunk)
    {
        var record = chunk.Json;
        var layout = chunk.Layout;
        var from = _splices.Scratch.Length;
        Require(layout.Id, layout.Id.Exists && layout.Id.Value(record).SequenceEqual(_id), "\"id\":"u8, _id);
        Require(layout.Object, layout.Object.Exists && layout.Object.Value(record).SequenceEqual(_object), "\"object\":"u8, _object);
        Require(layout.Created, layout.Created.Type == JsonTokenType.Number
            && IsSeconds(layout.Created.Value(record)) && (!IsContinued || layout.Created.Value(record).SequenceEqual(_created)),
            "\"created\":"u8, _created);
        Require(layout.Model, isRight: false, "\"model\":"u8, _model);
        Require(layout.Choices, layout.Choices.Type == JsonTokenType.StartArray, "\"choices\":"u8, NoChoices);
        if (_splices.Scratch.Length > from)
        {
            // One splice before all members. Without members, the last comma is left out.
            _splices.AddScratch(layout.Start, 0, from, trim: layout.MemberCount == 0 ? 1 : 0);
        }

        RemoveError(record, layout.Error);
    }

    /// <summary>Adds the splices of one choice's own members but its finish reason's value.</summary>
    /// <param name="index">The index that the client gets.</param>
    public void EditChoice(in ChoiceLayout choice, int index)
    {
        var from = _splices.Scratch.Length;
        if (!choice.IndexMember.Exists)
        {
            _splices.Scratch.Append("\"index\":"u8);
            _splices.Scratch.AppendNumber(index);
            _splices.Scratch.Append(","u8);
        }

        _splices.Scratch.Append(choice.FinishReason.Exists ? default : NoFinishReason);
        _splices.Scratch.Append(_isChat || choice.Text.Exists ? default : NoText);
        if (_splices.Scratch.Length > from)
        {
            _splices.AddScratch(choice.Start + 1, 0, from, trim: choice.MemberCount == 0 ? 1 : 0);
        }

        if (!_isChat && choice.Text.IsNull)
        {
            _splices.Add(choice.Text.ValueStart, choice.Text.ValueEnd - choice.Text.ValueStart, EmptyText);
        }

        if (choice.IndexMember.Exists && (choice.Index != index || !choice.HasPlainIndex))
        {
            from = _splices.Scratch.Length;
            _splices.Scratch.AppendNumber(index);
            _splices.AddScratch(choice.IndexMember.ValueStart, choice.IndexMember.ValueEnd - choice.IndexMember.ValueStart, from);
        }
    }

    // A value that reports no error, such as {} or "ok". OpenAI's SDK for Node.js takes it for one.
    private void RemoveError(ReadOnlySpan<byte> record, in JsonMember error)
    {
        if (error.Exists && !error.IsNull)
        {
            var (start, end) = error.WithComma(record);
            _splices.Add(start, end - start, []);
        }
    }

    private void Require(in JsonMember member, bool isRight, ReadOnlySpan<byte> name, byte[] value)
    {
        if (isRight)
        {
            return;
        }

        if (member.Exists)
        {
            _splices.Add(member.ValueStart, member.ValueEnd - member.ValueStart, value);
            return;
        }

        _splices.Scratch.Append(name);
        _splices.Scratch.Append(value);
        _splices.Scratch.Append(","u8);
    }

    private static bool IsSeconds(ReadOnlySpan<byte> number) =>
        number.Length <= SecondsDigits && !number.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    // Some servers send a fraction.
    private static byte[]? WholeSeconds(ReadOnlySpan<byte> number)
    {
        if (IsSeconds(number))
        {
            return number.ToArray();
        }

        return double.TryParse(number, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and < MaximumSeconds
            ? Encoding.UTF8.GetBytes(((long)seconds).ToString(CultureInfo.InvariantCulture))
            : null;
    }
}
