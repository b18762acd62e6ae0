using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>A measured value and its limit.</summary>
/// <param name="What">The name of the value.</param>
/// <param name="Value">The median over the rounds.</param>
/// <param name="Format">The format of the value.</param>
/// <param name="Limit">The value to reach, or not to exceed.</param>
/// <param name="IsAtLeast">True if higher is better.</param>
/// <param name="Aim">The goal, which is stricter than the limit.</param>
internal sealed record Bar(string What, double Value, string Format, double Limit, bool IsAtLeast, string Aim)
{
    public bool IsMet => IsAtLeast ? Value >= Limit : Value <= Limit;

    public string Measured => Value.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The measured value in the table's format.</summary>
    public string Cell => Mark(Measured, isMissed: !IsMet);

    /// <summary>A figure that a reader sees as missed.</summary>
    public static string Mark(string figure, bool isMissed) => isMissed ? $"**{figure} (missed)**" : figure;

    public string Must => (IsAtLeast ? "≥ " : "≤ ") + Limit.ToString(Format, CultureInfo.InvariantCulture);
}
