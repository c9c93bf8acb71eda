using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Platform;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Node;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Compaction;

/// <summary>Compacts the history as a schedule decides. Only the leader proposes, whatever the others notice.</summary>
internal sealed partial class AutoCompaction(
    ICompactionSchedule schedule,
    IReplicatedLog log,
    Func<long> currentRevision,
    IClock clock,
    ILogger logger
)
{
    private TimeSpan Now => TimeSpan.FromTicks(clock.MonotonicNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>The schedule of the options; null when there is to be no automatic compaction.</summary>
    /// <exception cref="BootstrapException">The options make no schedule.</exception>
    public static ICompactionSchedule? Parse(string mode, string retention, IClock clock)
    {
        var now = TimeSpan.FromTicks(clock.MonotonicNanoseconds / TimeSpan.NanosecondsPerTick);
        var isNumber = long.TryParse(retention, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        switch (mode)
        {
            case "revision" when isNumber:
                return number == 0 ? null : new RevisionSchedule(number);
            case "periodic" when isNumber:
                // A bare number counts hours.
                return number == 0 ? null : new PeriodicSchedule(TimeSpan.FromHours(number), now);
            case "periodic" when GoDuration.TryParse(retention, out var period) && period >= TimeSpan.Zero:
                return period == TimeSpan.Zero ? null : new PeriodicSchedule(period, now);
            default:
                throw new BootstrapException($"auto compaction of mode '{mode}' cannot keep '{retention}'");
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            schedule.Observe(currentRevision());
            await Task.Delay(schedule.Interval, stopping).ConfigureAwait(false);
            if (log.IsLeader && schedule.Due(Now, currentRevision()) is { } revision)
            {
                await CompactAsync(revision, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task CompactAsync(long revision, CancellationToken stopping)
    {
        var request = new CompactionRequest { Revision = revision };
        var result = await log.ProposeAsync(RequestKind.Compaction, request, stopping).ConfigureAwait(false);
        if (result.Error is null || ReferenceEquals(result.Error, EtcdError.Compacted))
        {
            schedule.Compacted(Now, revision);
            LogCompacted(revision);
        }
        else
        {
            LogFailed(revision, result.Error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "completed auto compaction to revision {Revision}")]
    private partial void LogCompacted(long revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "failed auto compaction to revision {Revision}: {Reason}")]
    private partial void LogFailed(long revision, string reason);
}
