using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>A table of the naive relay and both packages of the function.</summary>
internal static class ComparisonTable
{
    public static string[] Head(string title) =>
    [
        $"| {title} | naive | ReadyToRun | × naive | goal | native AOT | × naive | goal |",
        "|---|---|---|---|---|---|---|---|",
    ];

    /// <param name="row">The name of the value.</param>
    /// <param name="medians">The values of the naive relay, the ReadyToRun package and the native package.</param>
    /// <param name="direct">The value without a relay.</param>
    public static string Row(string row, double[] medians, double direct, Goal readyToRun, Goal native) =>
        $"| {row} | {Number(medians[0])} | {Cells(medians[1], medians[0], direct, readyToRun)} "
            + $"| {Cells(medians[2], medians[0], direct, native)} |";

    public static string Number(double value) => value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Cells(double value, double naive, double direct, Goal goal)
    {
        var isMissed = value > goal.Limit(naive, direct);
        return $"{Bar.Mark(Number(value), isMissed)} | {(value / naive).ToString("0.00", CultureInfo.InvariantCulture)} | {goal.Text}";
    }
}
