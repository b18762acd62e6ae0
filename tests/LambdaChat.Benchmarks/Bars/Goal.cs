using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The most that a figure of a whole process should be: a fixed value, or one relative to another relay or to no relay.</summary>
/// <param name="Text">The goal as the table shows it.</param>
/// <param name="Limit">The limit, from the naive relay's figure and the figure without a relay.</param>
internal sealed record Goal(string Text, Func<double, double, double> Limit)
{
    public static Goal None { get; } = new("", (_, _) => double.PositiveInfinity);

    public static Goal AtMost(double limit) => new($"≤ {Number(limit)}", (_, _) => limit);

    public static Goal TimesNaive(double factor) => new($"≤ {Number(factor)} × naive", (naive, _) => factor * naive);

    public static Goal AboveDirect(double margin) => new($"direct + {Number(margin)}", (_, direct) => direct + margin);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
