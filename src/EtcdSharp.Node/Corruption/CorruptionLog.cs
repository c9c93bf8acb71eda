using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Corruption;

/// <summary>What the checks tell the operator, in etcd's words: alerts are built on them.</summary>
internal static partial class CorruptionLog
{
    [LoggerMessage(LogLevel.Information, "starting initial corruption check")]
    public static partial void InitialBegins(ILogger logger, string localMemberId, TimeSpan timeout);

    [LoggerMessage(LogLevel.Information, "initial corruption checking passed; no corruption")]
    public static partial void InitialPassed(ILogger logger, string localMemberId);

    [LoggerMessage(LogLevel.Error, "checkInitialHashKV failed")]
    public static partial void InitialFailed(ILogger logger, string error);

    /// <summary>One member's answer at a start; the message says what it means.</summary>
    public static void InitialAnswer(ILogger logger, string message, ulong localMemberId, Mvcc.KvHash own, PeerHash peer)
    {
        List<KeyValuePair<string, object?>> fields =
        [
            new("local-member-id", MemberIds.ToText(localMemberId)),
            new("local-member-revision", own.Revision),
            new("local-member-compact-revision", own.CompactRevision),
            new("local-member-hash", own.Hash),
            new("remote-peer-id", MemberIds.ToText(peer.MemberId)),
            new("remote-peer-endpoints", peer.Endpoints),
        ];
        if (peer.Hash is { } hash)
        {
            fields.Add(new("remote-peer-revision", peer.Revision));
            fields.Add(new("remote-peer-compact-revision", hash.CompactRevision));
            fields.Add(new("remote-peer-hash", hash.Hash));
        }
        else if (peer.Refusal is { } refusal)
        {
            fields.Add(new("error", refusal.Message));
        }

        logger.Log(LogLevel.Warning, default, fields, null, (_, _) => message);
    }

    [LoggerMessage(LogLevel.Warning, "failed hash kv request")]
    public static partial void RequestFailed(
        ILogger logger,
        string localMemberId,
        long requestedRevision,
        string remotePeerEndpoint,
        string error
    );

    [LoggerMessage(LogLevel.Information, "enabled corruption checking")]
    public static partial void PeriodicEnabled(ILogger logger, string localMemberId, TimeSpan interval);

    [LoggerMessage(LogLevel.Warning, "failed to check hash KV")]
    public static partial void PeriodicFailed(ILogger logger, string error);

    [LoggerMessage(LogLevel.Information, "finished peer corruption check")]
    public static partial void PeriodicFinished(ILogger logger, int numberOfPeersChecked);

    public static void OwnHashChanged(ILogger logger, Mvcc.KvHash before, Mvcc.KvHash after)
    {
        KeyValuePair<string, object?>[] fields =
        [
            new("revision-1", before.Revision),
            new("compact-revision-1", before.CompactRevision),
            new("hash-1", before.Hash),
            new("revision-2", after.Revision),
            new("compact-revision-2", after.CompactRevision),
            new("hash-2", after.Hash),
        ];
        logger.Log(LogLevel.Warning, default, fields, null, (_, _) => "found hash mismatch");
    }

    [LoggerMessage(LogLevel.Warning, "revision from follower must be less than or equal to leader's")]
    public static partial void RevisionAhead(ILogger logger, long leaderRevision, long followerRevision, string followerPeerId);

    [LoggerMessage(LogLevel.Warning, "compact revision from follower must be less than or equal to leader's")]
    public static partial void CompactionAhead(
        ILogger logger,
        long leaderCompactRevision,
        long followerCompactRevision,
        string followerPeerId
    );

    [LoggerMessage(LogLevel.Warning, "same compact revision then hashes must match")]
    public static partial void DifferentHash(
        ILogger logger,
        long leaderCompactRevision,
        uint leaderHash,
        long followerCompactRevision,
        uint followerHash,
        string followerPeerId
    );

    [LoggerMessage(LogLevel.Information, "starting compact hash check")]
    public static partial void CompactionBegins(ILogger logger, string localMemberId, TimeSpan timeout);

    [LoggerMessage(LogLevel.Information, "finished compaction hash check")]
    public static partial void CompactionFinished(ILogger logger, int numberOfHashesChecked);

    [LoggerMessage(LogLevel.Warning, "Skipped peer's hash")]
    public static partial void PeerSkipped(ILogger logger, int numberOfPeers, string leaderId, string peerId, string reason);

    public static void CompactionEqual(ILogger logger, int peersChecked, Mvcc.KvHash hash) =>
        logger.Log(
            LogLevel.Information,
            default,
            new KeyValuePair<string, object?>[]
            {
                new("number-of-peers-checked", peersChecked),
                new("revision", hash.Revision),
                new("compactRevision", hash.CompactRevision),
            },
            null,
            (_, _) => "successfully checked hash on whole cluster"
        );

    public static void CompactionIncomplete(ILogger logger, int peersChecked, int peers, Mvcc.KvHash hash) =>
        logger.Log(
            LogLevel.Warning,
            default,
            new KeyValuePair<string, object?>[]
            {
                new("number-of-peers-checked", peersChecked),
                new("number-of-peers", peers),
                new("revision", hash.Revision),
                new("compactRevision", hash.CompactRevision),
            },
            null,
            (_, _) => "skipped revision in compaction hash check; was not able to check all peers"
        );

    [LoggerMessage(
        LogLevel.Error,
        "Detected compaction hash mismatch but cannot identify the corrupted members, so intentionally set the memberID as 0"
    )]
    public static partial void NoMajority(
        ILogger logger,
        string leaderId,
        long leaderRevision,
        long leaderCompactRevision,
        uint leaderHash
    );

    [LoggerMessage(LogLevel.Error, "Detected compaction hash mismatch")]
    public static partial void CompactionMismatch(
        ILogger logger,
        string leaderId,
        long leaderRevision,
        long leaderCompactRevision,
        uint leaderHash,
        uint peerHash,
        string peerIds,
        bool quorumExist
    );
}
