using System.Globalization;

namespace LambdaChat.Limits;

/// <summary>
/// Formats durations as OpenAI's headers do: <c>17ms</c>, <c>8.64s</c>, <c>6m0s</c>, <c>23h59m59s</c>. Source:
/// https://pkg.go.dev/time#Duration.String
/// </summary>
internal static class GoDuration
{
    /// <summary>Rounds up: to a millisecond below a minute, else to a second.</summary>
    public static string Format(TimeSpan time)
    {
        var milliseconds = Math.Max(0, (long)Math.Ceiling(time.TotalMilliseconds));
        if (milliseconds < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        }

        if (milliseconds < 60_000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000m:0.###}s");
        }

        var seconds = (milliseconds + 999) / 1000;
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes}m{seconds % 60}s")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds % 60}s");
    }
}
