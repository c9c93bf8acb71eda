using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Corruption;

/// <summary>
/// Compares what the members hold, at a start and from time to time, and raises the CORRUPT alarm where they differ.
/// From then on no member changes any data until the operator has repaired the member and disarmed the alarm.
/// </summary>
internal sealed class CorruptionChecks(
    ulong memberId,
    MvccStore store,
    PeerHashes peers,
    IReplicatedLog log,
    TimeSpan requestTimeout,
    ILogger logger
)
{
    /// <summary>A timer cannot wait longer.</summary>
    private static readonly TimeSpan s_intervalMax = TimeSpan.FromDays(49);

    private readonly string _memberText = MemberIds.ToText(memberId);
    private long _lastEqualRevision;

    /// <summary>Before a member with a past serves anybody: null, or why it must not.</summary>
    public static async Task<string?> CheckAtStartAsync(
        ulong memberId,
        MvccStore store,
        PeerHashes peers,
        TimeSpan requestTimeout,
        ILogger logger
    )
    {
        var memberText = MemberIds.ToText(memberId);
        CorruptionLog.InitialBegins(logger, memberText, requestTimeout);
        store.HashKv(0, out var own, out _);
        var differing = 0;
        foreach (var peer in await peers.AskAsync(own.Revision, CancellationToken.None).ConfigureAwait(false))
        {
            var finding = HashComparison.Initial(own, peer);
            differing += finding == InitialFinding.DifferentHash ? 1 : 0;
            if (Describe(finding) is { } message)
            {
                CorruptionLog.InitialAnswer(logger, message, memberId, own, peer);
            }
        }

        if (differing > 0)
        {
            var problem = $"{memberText} found data inconsistency with peers";
            CorruptionLog.InitialFailed(logger, problem);
            return problem;
        }

        CorruptionLog.InitialPassed(logger, memberText);
        return null;
    }

    /// <summary>--corrupt-check-time: while this member leads, every interval.</summary>
    public async Task RunPeriodicAsync(TimeSpan interval, CancellationToken stopping)
    {
        CorruptionLog.PeriodicEnabled(logger, _memberText, interval);
        using var timer = new PeriodicTimer(interval < s_intervalMax ? interval : s_intervalMax);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (log.IsLeader && await TryCheckAsync(stopping).ConfigureAwait(false) is { } problem)
            {
                CorruptionLog.PeriodicFailed(logger, problem);
            }
        }
    }

    /// <summary>--compact-hash-check-time: while this member leads, every interval.</summary>
    public async Task RunCompactionAsync(TimeSpan interval, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval < s_intervalMax ? interval : s_intervalMax);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (log.IsLeader)
            {
                await CheckCompactionsAsync(stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> TryCheckAsync(CancellationToken stopping)
    {
        try
        {
            return (await CheckAsync(stopping).ConfigureAwait(false))?.Message;
        }
        catch (IOException damage)
        {
            // The file itself cannot be read: there is no hash to compare, and the message names the page.
            return damage.Message;
        }
    }

    /// <summary>One comparison of everything, as the leader; the error when it could not be made.</summary>
    public async Task<EtcdError?> CheckAsync(CancellationToken stopping)
    {
        store.HashKv(0, out var before, out _, stopping);
        var answers = await peers.AskAsync(before.Revision, stopping).ConfigureAwait(false);
        using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            deadline.CancelAfter(requestTimeout);
            if (await log.ReadBarrierAsync(deadline.Token).ConfigureAwait(false) is { } error)
            {
                return error;
            }
        }

        store.HashKv(0, out var after, out var revision, stopping);
        var findings = HashComparison.Periodic(memberId, before, after, revision, answers);
        foreach (var (finding, member) in findings)
        {
            Tell(finding, answers.FirstOrDefault(peer => peer.MemberId == member), before, after, revision);
        }

        if (findings.Count != 0)
        {
            await RaiseAsync(findings[0].MemberId, stopping).ConfigureAwait(false);
        }

        CorruptionLog.PeriodicFinished(logger, answers.Count(peer => peer.Hash is not null));
        return null;
    }

    /// <summary>The hashes of the last compactions, newest first, until one was compared with all members.</summary>
    public async Task CheckCompactionsAsync(CancellationToken stopping)
    {
        CorruptionLog.CompactionBegins(logger, _memberText, requestTimeout);
        var looked = 0;
        var hashes = store.CompactionHashes.Where(hash => hash.Revision > _lastEqualRevision);
        foreach (var own in hashes.OrderByDescending(hash => hash.Revision).ToArray())
        {
            looked++;
            var answers = await peers.AskAsync(own.Revision, stopping).ConfigureAwait(false);
            if (answers.Count != 0 && await CompareAsync(own, answers, stopping).ConfigureAwait(false))
            {
                break;
            }
        }

        CorruptionLog.CompactionFinished(logger, looked);
    }

    /// <summary>True when no older compaction need be looked at.</summary>
    private async Task<bool> CompareAsync(KvHash own, IReadOnlyList<PeerHash> answers, CancellationToken stopping)
    {
        var finding = HashComparison.Compaction(memberId, own, answers);
        foreach (var (member, reason) in finding.Skipped)
        {
            CorruptionLog.PeerSkipped(logger, answers.Count, _memberText, MemberIds.ToText(member), reason);
        }

        if (finding.IsComplete)
        {
            _lastEqualRevision = Math.Max(_lastEqualRevision, own.Revision);
            CorruptionLog.CompactionEqual(logger, finding.PeersChecked, own);
            return true;
        }

        if (finding.Deviating.Count == 0)
        {
            CorruptionLog.CompactionIncomplete(logger, finding.PeersChecked, answers.Count, own);
            return false;
        }

        if (!finding.MajorityExists)
        {
            CorruptionLog.NoMajority(logger, _memberText, own.Revision, own.CompactRevision, own.Hash);
        }

        foreach (var (hash, members) in finding.Deviating)
        {
            CorruptionLog.CompactionMismatch(
                logger,
                _memberText,
                own.Revision,
                own.CompactRevision,
                own.Hash,
                hash,
                string.Join(',', members.Select(MemberIds.ToText)),
                finding.MajorityExists
            );
        }

        foreach (var member in finding.Corrupt)
        {
            await RaiseAsync(member, stopping).ConfigureAwait(false);
        }

        return true;
    }

    private void Tell(PeriodicFinding finding, PeerHash? peer, KvHash before, KvHash after, long revision)
    {
        var peerText = peer is null ? "" : MemberIds.ToText(peer.MemberId);
        var peerHash = peer?.Hash ?? default;
        switch (finding)
        {
            case PeriodicFinding.OwnHashChanged:
                CorruptionLog.OwnHashChanged(logger, before, after);
                break;
            case PeriodicFinding.RevisionAhead:
                CorruptionLog.RevisionAhead(logger, revision, peer!.Revision, peerText);
                break;
            case PeriodicFinding.CompactionAhead:
                CorruptionLog.CompactionAhead(logger, after.CompactRevision, peerHash.CompactRevision, peerText);
                break;
            case PeriodicFinding.DifferentHash:
                CorruptionLog.DifferentHash(
                    logger,
                    after.CompactRevision,
                    before.Hash,
                    peerHash.CompactRevision,
                    peerHash.Hash,
                    peerText
                );
                break;
        }
    }

    private async Task RaiseAsync(ulong member, CancellationToken stopping)
    {
        var alarm = new AlarmRequest
        {
            MemberID = member,
            Action = AlarmRequest.Types.AlarmAction.Activate,
            Alarm = AlarmType.Corrupt,
        };
        await log.ProposeAsync(RequestKind.Alarm, alarm, stopping).ConfigureAwait(false);
    }

    private static string? Describe(InitialFinding finding) =>
        finding switch
        {
            InitialFinding.DifferentHash => "found different hash values from remote peer",
            InitialFinding.DifferentCompaction => "found different compact revision values from remote peer",
            InitialFinding.PeerBehind => "cannot fetch hash from slow remote peer",
            InitialFinding.LocalBehind => "cannot fetch hash from remote peer; local member is behind",
            InitialFinding.OtherCluster => "cluster ID mismatch",
            _ => null,
        };
}
