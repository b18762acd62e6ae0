using System.Globalization;
using System.Runtime.InteropServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.ReplyStore;

/// <summary>The items of stored replies in the table. An item of DynamoDB has at most 400 KB.</summary>
internal static class ReplyItems
{
    /// <summary>The sort key of the head, after those of all parts.</summary>
    public const string Head = "2";

    /// <summary>The sort keys of the first piece of a request, and a bound of the last one.</summary>
    public const string FirstRequest = "0";

    public const string LastRequest = "0~";

    /// <summary>A bound of the sort keys of the parts.</summary>
    public const string LastPart = "1~";

    /// <summary>The generation of a deleted reply, which no producer has.</summary>
    public const string Deleted = "deleted";

    public const string Generation = "generation";
    public const string Lease = "lease";

    // A part of all keys. It rises with each change of what is stored, such as the encoding of chunks or requests: for a function with
    // another version, a reply does not exist.
    private const string Version = "1";

    private const string Error = "error";
    private const string StatusName = "status";
    private const string Parts = "parts";
    private const string Ended = "ended";
    private const string Id = "id";
    private const string At = "at";
    private const string Bytes = "bytes";
    private const string Pieces = "pieces";
    private const string Length = "length"; // Of the request before its compression.
    private const int MaximumPiece = 350 * 1024; // Bytes.
    private const int MaximumInHead = 512; // Bytes. A head with this request still needs one write unit.

    // How long ago a deleted reply expired. Clocks differ, and for none of them the reply may still exist.
    private static readonly TimeSpan DeletedAge = TimeSpan.FromHours(1);

    public static string PartName(int number) => string.Create(CultureInfo.InvariantCulture, $"1#{number:D8}");

    public static Dictionary<string, AttributeValue> HeadKey(ReplyKey key) => TableItems.Key(Partition(key), Head);

    public static Dictionary<string, AttributeValue> NameKey(ReplyKey name) => TableItems.Key($"REPLYNAME#{Version}#{name.Value}", "NAME");

    public static AttributeValue Status(ReplyStatus status) => new() { S = status.ToString() };

    public static AttributeValue Seconds(DateTimeOffset time) => Number(time.ToUnixTimeSeconds());

    public static AttributeValue Time(DateTimeOffset time) => Number(time.ToUnixTimeMilliseconds());

    /// <summary>The pieces of a request that is not in the head.</summary>
    public static IEnumerable<Dictionary<string, AttributeValue>> OfRequest(
        ReplyKey key, ReadOnlyMemory<byte> request, DateTimeOffset expires)
    {
        for (var (start, i) = (IsInHead(request) ? request.Length : 0, 0); start < request.Length; start += MaximumPiece, i++)
        {
            var piece = request.Slice(start, Math.Min(MaximumPiece, request.Length - start)).ToArray();
            yield return new(TableItems.Key(Partition(key), string.Create(CultureInfo.InvariantCulture, $"0#{i:D4}")))
            {
                [Bytes] = new() { B = new MemoryStream(piece) },
                [TableItems.Expires] = Seconds(expires),
            };
        }
    }

    /// <summary>Returns the request of a head; null if it has pieces of its own.</summary>
    public static byte[]? FindRequest(Dictionary<string, AttributeValue> head) => head.GetValueOrDefault(Bytes)?.B.ToArray();

    /// <summary>Joins the pieces of a request; null while some are missing.</summary>
    public static byte[]? ReadRequest(Dictionary<string, AttributeValue> head, List<Dictionary<string, AttributeValue>> items) =>
        head.TryGetValue(Pieces, out var pieces) && items.Count < int.Parse(pieces.N, CultureInfo.InvariantCulture)
            ? null
            : [.. items.SelectMany(item => item[Bytes].B.ToArray())];

    public static Dictionary<string, AttributeValue> OfHead(ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request)
    {
        var item = new Dictionary<string, AttributeValue>(HeadKey(key))
        {
            [Generation] = new() { S = head.Generation },
            [StatusName] = Status(head.Status),
            [Lease] = Time(head.Lease),
            [TableItems.Expires] = Seconds(head.Expires),
        };
        if (head.RequestLength is { } length)
        {
            item[Length] = Number(length);
        }

        if (IsInHead(request))
        {
            item[Bytes] = new() { B = new MemoryStream(request.ToArray()) };
        }
        else
        {
            item[Pieces] = Number((request.Length + MaximumPiece - 1) / MaximumPiece);
        }

        return item;
    }

    /// <summary>Creates a head, unless there is one.</summary>
    public static PutItemRequest CreateHead(string table, ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request) =>
        new() { TableName = table, Item = OfHead(key, head, request), ConditionExpression = "attribute_not_exists(pk)" };

    public static ReplyHead ReadHead(Dictionary<string, AttributeValue> item)
    {
        var status = Enum.Parse<ReplyStatus>(item[StatusName].S);
        return new ReplyHead(item[Generation].S, status, ReadTime(item[Lease]), ReadExpiry(item))
        {
            RequestLength = item.TryGetValue(Length, out var length) ? int.Parse(length.N, CultureInfo.InvariantCulture) : null,
            Ending = item.TryGetValue(Parts, out var parts)
                ? new ReplyEnding(
                    status, int.Parse(parts.N, CultureInfo.InvariantCulture), ReadTime(item[Ended]),
                    item.TryGetValue(Error, out var error) ? error.B.ToArray() : [])
                : null,
        };
    }

    public static Dictionary<string, AttributeValue> OfPart(ReplyKey key, ReplyPart part, DateTimeOffset expires) =>
        new(TableItems.Key(Partition(key), PartName(part.Number)))
        {
            [Bytes] = new() { B = StreamOf(part.Chunks) },
            [Lease] = Time(part.Lease),
            [TableItems.Expires] = Seconds(expires),
        };

    public static ReplyPart ReadPart(Dictionary<string, AttributeValue> item) => new(
        int.Parse(item["sk"].S.AsSpan(2), CultureInfo.InvariantCulture), item[Bytes].B.ToArray(), ReadTime(item[Lease]));

    /// <summary>Sets a name, unless a later reply has it.</summary>
    public static PutItemRequest CreateName(string table, ReplyKey name, NamedReply reply, DateTimeOffset expires) => new()
    {
        TableName = table,
        Item = new(NameKey(name)) { [Id] = new() { S = reply.Id }, [At] = Time(reply.At), [TableItems.Expires] = Seconds(expires) },
        ConditionExpression = "attribute_not_exists(#at) OR #at <= :at",
        ExpressionAttributeNames = new() { ["#at"] = At },
        ExpressionAttributeValues = new() { [":at"] = Time(reply.At) },
    };

    public static NamedReply ReadName(Dictionary<string, AttributeValue> item) =>
        new(item[Id].S, item.TryGetValue(At, out var at) ? ReadTime(at) : DateTimeOffset.MinValue);

    public static DateTimeOffset ReadExpiry(Dictionary<string, AttributeValue> item) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(item[TableItems.Expires].N, CultureInfo.InvariantCulture));

    /// <summary>A conditional update of the head that returns it. The names of generation and status are set.</summary>
    public static UpdateItemRequest CreateUpdate(string table, ReplyKey key, string update, string condition) => new()
    {
        TableName = table,
        Key = HeadKey(key),
        UpdateExpression = update,
        ConditionExpression = condition,
        ExpressionAttributeNames = new() { ["#generation"] = Generation, ["#status"] = StatusName },
        ReturnValues = ReturnValue.ALL_NEW,
    };

    /// <summary>A conditional update of the head with the end of the reply.</summary>
    /// <param name="setsStatus">False to keep the status.</param>
    public static UpdateItemRequest CreateEnd(
        string table, ReplyKey key, string condition, string generation, ReplyEnding ending, DateTimeOffset expires, bool setsStatus)
    {
        var hasError = setsStatus && ending.Error.Length > 0;
        var request = CreateUpdate(table, key,
            $"SET #parts = :parts, #ended = :ended, #expires = :expires{(setsStatus ? ", #status = :status" : "")}"
            + (hasError ? ", #error = :error" : ""),
            condition);
        request.ExpressionAttributeNames["#parts"] = Parts;
        request.ExpressionAttributeNames["#ended"] = Ended;
        request.ExpressionAttributeNames["#expires"] = TableItems.Expires;
        request.ExpressionAttributeValues = new()
        {
            [":parts"] = Number(ending.Parts),
            [":ended"] = Time(ending.At),
            [":expires"] = Seconds(expires),
            [":generation"] = new() { S = generation },
        };
        if (setsStatus)
        {
            request.ExpressionAttributeValues[":status"] = Status(ending.Status);
        }

        if (hasError)
        {
            request.ExpressionAttributeNames["#error"] = Error;
            request.ExpressionAttributeValues[":error"] = new() { B = new MemoryStream(ending.Error) };
        }

        return request;
    }

    /// <summary>A conditional update of the head of a reply that exists, after which it has expired and has no request.</summary>
    public static UpdateItemRequest CreateDeletion(string table, ReplyKey key, DateTimeOffset now)
    {
        var update = CreateUpdate(
            table, key, "SET #generation = :generation, #status = :status, #expires = :expired REMOVE #bytes, #error", "#expires > :now");
        update.ExpressionAttributeNames["#expires"] = TableItems.Expires;
        update.ExpressionAttributeNames["#bytes"] = Bytes;
        update.ExpressionAttributeNames["#error"] = Error;
        update.ExpressionAttributeValues = new()
        {
            [":generation"] = new() { S = Deleted },
            [":status"] = Status(ReplyStatus.Cancelled),
            [":now"] = Seconds(now),
            [":expired"] = Seconds(now - DeletedAge),
        };
        return update;
    }

    /// <summary>A consistent query of the items between two sort keys.</summary>
    public static QueryRequest CreateQuery(string table, ReplyKey key, string first, string last) => new()
    {
        TableName = table,
        ConsistentRead = true,
        KeyConditionExpression = "pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues = new()
        {
            [":pk"] = new() { S = Partition(key) },
            [":first"] = new() { S = first },
            [":last"] = new() { S = last },
        },
    };

    // Without a copy where the memory is an array.
    private static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false, publiclyVisible: true)
        : new MemoryStream(bytes.ToArray());

    private static bool IsInHead(ReadOnlyMemory<byte> request) => request.Length <= MaximumInHead;

    private static string Partition(ReplyKey key) => $"REPLY#{Version}#{key.Value}";

    private static DateTimeOffset ReadTime(AttributeValue value) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(value.N, CultureInfo.InvariantCulture));

    private static AttributeValue Number(long number) => new() { N = number.ToString(CultureInfo.InvariantCulture) };
}
