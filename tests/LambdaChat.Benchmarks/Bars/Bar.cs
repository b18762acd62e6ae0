using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>One measured value and what it must be.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Value">The median over the rounds.</param>
/// <param name="Format">How the value is written.</param>
/// <param name="Limit">The value that must be reached, or not be exceeded.</param>
/// <param name="IsAtLeast">True where more is better.</param>
/// <param name="Aim">What we would like.</param>
internal sealed record Bar(string What, double Value, string Format, double Limit, bool IsAtLeast, string Aim)
{
    public bool IsMet => IsAtLeast ? Value >= Limit : Value <= Limit;

    public string Measured => Value.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The measured value as a table shows it.</summary>
    public string Cell => Mark(Measured, isMissed: !IsMet);

    /// <summary>A figure that a reader sees as missed.</summary>
    public static string Mark(string figure, bool isMissed) => isMissed ? $"**{figure} (missed)**" : figure;

    public string Must => (IsAtLeast ? "≥ " : "≤ ") + Limit.ToString(Format, CultureInfo.InvariantCulture);
}
