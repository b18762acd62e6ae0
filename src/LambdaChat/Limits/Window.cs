using System.Globalization;

namespace LambdaChat.Limits;

/// <summary>The period of a limit, aligned to the clock and the calendar in UTC.</summary>
internal enum Window
{
    Minute,
    Day,
    Month,
}

internal static class WindowExtensions
{
    /// <summary>
    /// The id of the window that contains a time: <c>MINUTE#2026-11-22T20:58</c>, <c>DAY#2026-11-22</c>, <c>MONTH#2026-11</c>.
    /// </summary>
    public static string Id(this Window window, DateTimeOffset time) => window switch
    {
        Window.Minute => time.UtcDateTime.ToString("'MINUTE#'yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture),
        Window.Day => time.UtcDateTime.ToString("'DAY#'yyyy-MM-dd", CultureInfo.InvariantCulture),
        Window.Month => time.UtcDateTime.ToString("'MONTH#'yyyy-MM", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(window), window, "The window has no id."),
    };

    /// <summary>The end of the window that contains a time.</summary>
    public static DateTimeOffset End(this Window window, DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return window switch
        {
            Window.Minute => new DateTimeOffset(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, 0, TimeSpan.Zero).AddMinutes(1),
            Window.Day => new DateTimeOffset(utc.Year, utc.Month, utc.Day, 0, 0, 0, TimeSpan.Zero).AddDays(1),
            Window.Month => new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1),
            _ => throw new ArgumentOutOfRangeException(nameof(window), window, "The window has no end."),
        };
    }
}
