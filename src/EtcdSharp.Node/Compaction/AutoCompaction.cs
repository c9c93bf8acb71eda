using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Text;
using EtcdSharp.Replica.Requests;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Compaction;

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

    /// <summary>The longest period, 292 years: as much as 63 bits of nanoseconds hold.</summary>
    private static readonly TimeSpan s_periodMax = TimeSpan.FromTicks(long.MaxValue / TimeSpan.NanosecondsPerTick);

    /// <summary>Why a mode and a retention make no plan, or null and the plan.</summary>
    public static string? TryPlan(string mode, string retention, out CompactionPlan plan)
    {
        plan = CompactionPlan.Off;
        if (mode is not ("revision" or "periodic"))
        {
            return $"unknown auto-compaction-mode \"{mode}\"";
        }

        if (retention.Length == 0)
        {
            return null;
        }

        var isNumber =
            long.TryParse(retention, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0;
        if (mode == "revision")
        {
            if (!isNumber)
            {
                return $"error parsing CompactionRetention: --auto-compaction-mode=revision keeps a number of revisions, not "
                    + $"--auto-compaction-retention=\"{retention}\"";
            }

            plan = new CompactionPlan(number, TimeSpan.Zero);
            return null;
        }

        if (isNumber && number > (long)s_periodMax.TotalHours)
        {
            return $"--auto-compaction-retention=\"{retention}\" is a number of hours, and more than {(long)s_periodMax.TotalHours}";
        }

        // A bare number counts hours.
        var period = isNumber ? TimeSpan.FromHours(number) : default;
        if (!isNumber && !GoDuration.TryParse(retention, out period))
        {
            return $"error parsing CompactionRetention: time: invalid duration \"{retention}\"";
        }

        if (period < TimeSpan.Zero)
        {
            return $"error parsing CompactionRetention: --auto-compaction-retention=\"{retention}\" is negative";
        }

        plan = new CompactionPlan(0, period);
        return null;
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
