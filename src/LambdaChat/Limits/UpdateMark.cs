using System.Globalization;
using System.Security.Cryptography;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace LambdaChat.Limits;

/// <summary>
/// Identifies one update of an item, so that it counts once: the SDK repeats an update whose response is lost. The item keeps the marks of
/// the last updates in a few attributes. Each mark overwrites a random one, so that the item stays small: a repetition counts twice only if
/// another update has overwritten the mark in between.
/// </summary>
internal sealed class UpdateMark
{
    /// <summary>The condition that the item does not have the mark.</summary>
    public const string Condition = "(attribute_not_exists(#mark) OR #mark <> :mark)";

    private const int Attributes = 32;
    private const int Length = 6; // Bytes.

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"m{RandomNumberGenerator.GetInt32(Attributes)}");
    private readonly string _value = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Adds the mark to an update whose expressions have <c>#mark</c> and <c>:mark</c>.</summary>
    public void AddTo(UpdateItemRequest update)
    {
        update.ExpressionAttributeNames["#mark"] = _name;
        update.ExpressionAttributeValues[":mark"] = new() { S = _value };
        update.ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD;
    }

    /// <summary>True if an item has the mark.</summary>
    public bool IsIn(Dictionary<string, AttributeValue>? item) => item?.GetValueOrDefault(_name)?.S == _value;
}
