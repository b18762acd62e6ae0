using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Gives a chunk what every chunk has to have: <c>id</c>, <c>object</c>, <c>created</c>, <c>model</c>, <c>choices</c>, and of each choice the
/// <c>index</c>, the <c>finish_reason</c> and, in chat, the <c>delta</c>. What is there and right stays as it came.
/// </summary>
internal sealed class EnvelopeEditor
{
    private static readonly byte[] NoFinishReason = "\"finish_reason\":null,"u8.ToArray();
    private static readonly byte[] NoChoices = "[]"u8.ToArray();
    private static readonly byte[] EmptyDelta = "{\"role\":\"assistant\"}"u8.ToArray();

    private readonly JsonSplicer _splices;
    private readonly byte[] _object;
    private readonly byte[] _model;
    private byte[] _id;
    private byte[] _created;
    private bool _hasId;
    private bool _hasCreated;

    public EnvelopeEditor(OutputFormat format, JsonSplicer splices)
    {
        _splices = splices;
        _object = JsonText.Quote(format.Object);
        _model = JsonText.Quote(format.Model);
        _created = Encoding.UTF8.GetBytes(format.Created.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _id = JsonText.Quote(format.Id);
    }

    /// <summary>The reply's id as JSON, from the first chunk that has one.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>Takes what the chunks of one reply have in common from the first record that says it.</summary>
    public void Note(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        if (!_hasId && layout.Id.HasText)
        {
            _id = layout.Id.Value(record).ToArray();
            _hasId = true;
        }

        if (!_hasCreated && layout.Created.Type == JsonTokenType.Number)
        {
            _created = layout.Created.Value(record).ToArray();
            _hasCreated = true;
        }
    }

    /// <summary>Adds the splices of everything around the choices.</summary>
    public void Edit(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        var from = _splices.Scratch.Length;
        Need(layout.Id, layout.Id.HasText, "\"id\":"u8, _id);
        Need(layout.Object, layout.Object.Exists && layout.Object.Value(record).SequenceEqual(_object), "\"object\":"u8, _object);
        Need(layout.Created, layout.Created.Type == JsonTokenType.Number, "\"created\":"u8, _created);
        Need(layout.Model, isRight: false, "\"model\":"u8, _model);
        Need(layout.Choices, layout.Choices.Type == JsonTokenType.StartArray, "\"choices\":"u8, NoChoices);
        if (_splices.Scratch.Length > from)
        {
            // One splice in front of all members; without members there is nothing for the last comma to part.
            _splices.AddScratch(layout.Start, 0, from, trim: layout.MemberCount == 0 ? 1 : 0);
        }
    }

    /// <summary>Adds the splices of one choice's own members.</summary>
    public void EditChoice(in ChoiceLayout choice, bool isChat)
    {
        var from = _splices.Scratch.Length;
        if (!choice.IndexMember.Exists)
        {
            _splices.Scratch.Append("\"index\":"u8);
            Span<byte> index = stackalloc byte[4];
            Utf8Formatter.TryFormat(choice.Index, index, out var length);
            _splices.Scratch.Append(index[..length]);
            _splices.Scratch.Append(","u8);
        }

        _splices.Scratch.Append(choice.FinishReason.Exists ? default : NoFinishReason);
        if (isChat && !choice.Delta.Exists)
        {
            _splices.Scratch.Append("\"delta\":"u8);
            _splices.Scratch.Append(EmptyDelta);
            _splices.Scratch.Append(","u8);
        }

        if (_splices.Scratch.Length > from)
        {
            _splices.AddScratch(choice.Start + 1, 0, from, trim: choice.MemberCount == 0 ? 1 : 0);
        }

        if (isChat && choice.Delta.Exists && !choice.HasDelta)
        {
            _splices.Add(choice.Delta.ValueStart, choice.Delta.ValueEnd - choice.Delta.ValueStart, EmptyDelta);
        }
    }

    private void Need(in JsonMember member, bool isRight, ReadOnlySpan<byte> name, byte[] value)
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
}
