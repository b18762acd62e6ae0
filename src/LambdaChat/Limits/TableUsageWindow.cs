using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>
/// Counts one request in one window of the table. The item of the window has the numbers <c>requests</c>, <c>tokens</c> and
/// <c>cost</c>, which include reservations. Its numbers <c>reservedTokens</c> and <c>reservedCost</c> count only the reservations of
/// replies in progress. If several callers share the window, a second item has all reservations of one caller. The item of the window
/// then counts them only up to the caller's share. Each update is an atomic addition, so any number of environments may update at once.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.AtomicCounters
/// Each update writes its <see cref="UpdateMark"/>, so that a repeated one does not count twice.
/// </summary>
/// <param name="reservation">The usage that the request reserves. It includes the request itself.</param>
internal sealed class TableUsageWindow(DynamoTable table, UsageWindow window, Usage reservation, TimeProvider timeProvider)
{
    private const string Addition =
        "ADD #requests :requests, #tokens :tokens, #cost :cost, "
        + "#reservedTokens :reservedTokens, #reservedCost :reservedCost SET #expires = :expires, #mark = :mark";

    private static readonly TimeSpan Retention = TimeSpan.FromDays(1); // After the end of the window, for replies that settle later.

    private readonly Usage _reserved = reservation with { Requests = 0 };
    private readonly UpdateMark _taking = new();
    private readonly UpdateMark _settling = new();
    private Usage _share = Usage.Nothing; // The part of the reservation that the item of the window counts.

    // Null after an update without a response.
    private bool? _isReserved = false; // The caller's item has the reservation.
    private bool? _isTaken = false; // The item of the window has the share and the request.

    /// <summary>Takes the reservation. Returns the limit that rejects it; null if it is taken.</summary>
    public async Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken)
    {
        var excess = Usage.Nothing; // Reservations of the caller beyond its share, which count for the caller only.
        _share = _reserved;
        if (IsShared)
        {
            _isReserved = null;
            var after = await ReserveAsync(_reserved, _taking, cancellationToken);
            _isReserved = true;
            var before = after - _reserved;
            _share = window.ShareOf(after) - window.ShareOf(before);
            excess = before - window.ShareOf(before);
        }

        var request = CreateUpdate(Usage.OneRequest, _share);
        request.ConditionExpression =
            string.Join(" AND ", [UpdateMark.Condition, .. Conditions(excess, request.ExpressionAttributeValues)]);
        _isTaken = null;
        var (item, isDone) = await UpdateAsync(request, _taking, cancellationToken);
        _isTaken = isDone;
        var total = ReadTotal(item);
        window.Seen = total + excess;
        var now = timeProvider.GetUtcNow();
        return isDone
            ? null
            : window.Check(total - ReadReserved(item), window.Seen, now)
                ?? LimitExceeded.Of(window, window.FirstKind, isReserved: true, now);
    }

    /// <summary>Reads whether updates without a response have reached the table.</summary>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        _isReserved ??= await IsDoneAsync(ReservationKey, cancellationToken) ? true : null;
        _isTaken ??= await IsDoneAsync(WindowKey, cancellationToken) ? true : null;
    }

    /// <summary>Replaces the reservation by the actual usage.</summary>
    public async Task SettleAsync(Usage actual, CancellationToken cancellationToken)
    {
        var isReserved = _isReserved ?? await IsDoneAsync(ReservationKey, cancellationToken);
        var isTaken = _isTaken ?? await IsDoneAsync(WindowKey, cancellationToken);
        var share = Usage.Nothing - _reserved;
        if (isReserved)
        {
            var after = await ReserveAsync(Usage.Nothing - _reserved, _settling, cancellationToken);
            share = window.ShareOf(after) - window.ShareOf(after + _reserved);
        }

        // If the window's item never received the reservation, its share is added back. The sum is zero, unless another reply of the
        // caller computed its own share meanwhile.
        share = isTaken ? share : isReserved ? share + _share : Usage.Nothing;
        var usage = isTaken ? actual - Usage.OneRequest : actual;
        if (usage != Usage.Nothing || share != Usage.Nothing)
        {
            await UpdateAsync(CreateUpdate(usage, share), _settling, cancellationToken);
        }
    }

    private bool IsShared => window is { Caller: not null, CountsTokens: true };

    private Dictionary<string, AttributeValue> WindowKey => TableItems.Key(window.Owner.Key, window.Id);

    private Dictionary<string, AttributeValue> ReservationKey => TableItems.Key(window.Caller!.ReservationKey(window.Owner), window.Id);

    // Returns all reservations of the caller.
    private async Task<Usage> ReserveAsync(Usage change, UpdateMark mark, CancellationToken cancellationToken)
    {
        var request = new UpdateItemRequest
        {
            TableName = table.Name,
            Key = ReservationKey,
            UpdateExpression = "ADD #tokens :tokens, #cost :cost SET #expires = :expires, #mark = :mark",
            ConditionExpression = UpdateMark.Condition,
            ExpressionAttributeNames = new() { ["#tokens"] = "tokens", ["#cost"] = "cost", ["#expires"] = TableItems.Expires },
            ExpressionAttributeValues = new()
            {
                [":tokens"] = Number(change.Tokens),
                [":cost"] = Number(change.Cost),
                [":expires"] = Expiry,
            },
            ReturnValues = ReturnValue.ALL_NEW,
        };
        var (item, _) = await UpdateAsync(request, mark, cancellationToken);
        return ReadTotal(item);
    }

    // Returns the item after the update, and true; or the item as it is, and false, if it has no room. A repetition also returns true.
    private async Task<(Dictionary<string, AttributeValue>? Item, bool IsDone)> UpdateAsync(
        UpdateItemRequest request, UpdateMark mark, CancellationToken cancellationToken)
    {
        mark.AddTo(request);
        try
        {
            return ((await table.Client.UpdateItemAsync(request, cancellationToken)).Attributes, true);
        }
        catch (ConditionalCheckFailedException exception)
        {
            var item = exception.Item is { Count: > 0 } old ? old : await table.ReadAsync(request.Key, cancellationToken);
            return (item, mark.IsIn(item));
        }
    }

    // True if the update that takes the reservation has reached the item.
    private async Task<bool> IsDoneAsync(Dictionary<string, AttributeValue> key, CancellationToken cancellationToken) =>
        _taking.IsIn(await table.ReadAsync(key, cancellationToken));

    private UpdateItemRequest CreateUpdate(Usage usage, Usage reserved) => new()
    {
        TableName = table.Name,
        Key = WindowKey,
        UpdateExpression = Addition,
        ConditionExpression = UpdateMark.Condition,
        ExpressionAttributeNames = new()
        {
            ["#requests"] = "requests",
            ["#tokens"] = "tokens",
            ["#cost"] = "cost",
            ["#reservedTokens"] = "reservedTokens",
            ["#reservedCost"] = "reservedCost",
            ["#expires"] = TableItems.Expires,
        },
        ExpressionAttributeValues = new()
        {
            [":requests"] = Number(usage.Requests),
            [":tokens"] = Number(usage.Tokens + (decimal)reserved.Tokens),
            [":cost"] = Number(usage.Cost + reserved.Cost),
            [":reservedTokens"] = Number(reserved.Tokens),
            [":reservedCost"] = Number(reserved.Cost),
            [":expires"] = Expiry,
        },
        ReturnValues = ReturnValue.ALL_NEW,
    };

    // An item that does not exist yet has room.
    private IEnumerable<string> Conditions(Usage excess, Dictionary<string, AttributeValue> values)
    {
        (string Name, decimal? Maximum)[] limits =
        [
            ("requests", window.Requests),
            ("tokens", window.Tokens - excess.Tokens),
            ("cost", window.Cost - excess.Cost),
        ];
        foreach (var (name, maximum) in limits)
        {
            if (maximum is { } value)
            {
                values[$":maximum_{name}"] = Number(value);
                yield return $"(attribute_not_exists(#{name}) OR #{name} < :maximum_{name})";
            }
        }
    }

    private AttributeValue Expiry => Number((window.End + Retention).ToUnixTimeSeconds());

    private static AttributeValue Number(decimal value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    private static Usage ReadTotal(Dictionary<string, AttributeValue>? item) =>
        Usage.Nothing + new Usage(ReadWhole(item, "requests"), ReadWhole(item, "tokens"), Read(item, "cost"));

    private static Usage ReadReserved(Dictionary<string, AttributeValue>? item) =>
        Usage.Nothing + new Usage(0, ReadWhole(item, "reservedTokens"), Read(item, "reservedCost"));

    private static long ReadWhole(Dictionary<string, AttributeValue>? item, string name) =>
        (long)Math.Clamp(Read(item, name), -long.MaxValue, long.MaxValue);

    // A number that is too large for a decimal counts as the largest decimal.
    private static decimal Read(Dictionary<string, AttributeValue>? item, string name) =>
        item?.GetValueOrDefault(name)?.N is not { } number ? 0
        : decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
        : number.StartsWith('-') ? decimal.MinValue : decimal.MaxValue;
}
