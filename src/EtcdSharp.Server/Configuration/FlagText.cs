using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>From the texts of flags, once they are checked, to values.</summary>
internal static class FlagText
{
    /// <summary>The longest time that the runtime's timers take, 24.8 days. What is to happen more rarely happens then.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The shortest time between two ticks of the runtime's timers.</summary>
    public static readonly TimeSpan PeriodMin = TimeSpan.FromMilliseconds(1);

    public static string Same(string text) => text;

    /// <summary>Null for an empty text.</summary>
    public static string? OrNone(string text) => text.Length == 0 ? null : text;

    public static bool Switch(string text) => FlagDefinition.TryParseBoolean(text, out var value) && value;

    public static ulong Unsigned(string text) =>
        GoNumber.ParseUnsigned(text, 64, out var value) is { } problem ? throw Unchecked(text, problem) : value;

    public static long Signed(string text) =>
        GoNumber.ParseSigned(text, out var value) is { } problem ? throw Unchecked(text, problem) : value;

    /// <summary>A number of things, of which there are never more than 2^31 - 1: as much then as without a limit.</summary>
    public static int Count(string text) => (int)Math.Min(Unsigned(text), int.MaxValue);

    /// <summary>As above, with a sign.</summary>
    public static int SignedCount(string text) => (int)Math.Clamp(Signed(text), int.MinValue, int.MaxValue);

    public static TimeSpan Duration(string text) => text.Length == 0 ? TimeSpan.Zero : GoDuration.Parse(text);

    /// <summary>A duration that something waits for.</summary>
    public static TimeSpan Wait(string text) => Duration(text) is var time && time > WaitMax ? WaitMax : time;

    /// <summary>The time between two runs of something, which a timer takes from a millisecond on; zero and less for never.</summary>
    public static TimeSpan Period(string text) =>
        Wait(text) is var time && time > TimeSpan.Zero && time < PeriodMin ? PeriodMin : time;

    /// <summary>A duration, rounded up: a fraction of a millisecond is not zero.</summary>
    public static int Milliseconds(string text) =>
        (int)Math.Clamp(Math.Ceiling(Duration(text).TotalMilliseconds), int.MinValue, int.MaxValue);

    public static IReadOnlyList<string> Urls(string text) => [.. EtcdUrl.ParseList(text).Select(url => url.Text)];

    public static IReadOnlyList<string> Words(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Pairs of a member's name and a URL; what has no URL gets an empty one.</summary>
    public static IReadOnlyList<(string Name, string Url)> Members(string text) =>
        [.. Words(text).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair.Length > 1 ? pair[1] : ""))];

    public static bool IsZero(string text) => GoNumber.ParseSigned(text, out var value) is null && value == 0;

    public static bool IsNoTime(string text) => Duration(text) == TimeSpan.Zero;

    /// <summary>A text was read that <see cref="FlagDefinition.Check"/> refuses.</summary>
    private static InvalidOperationException Unchecked(string text, string problem) => new($"\"{text}\": {problem}");
}
