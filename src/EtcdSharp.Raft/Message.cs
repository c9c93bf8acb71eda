using System.Runtime.InteropServices;

namespace EtcdSharp.Raft;

/// <summary>
/// One message between members, or between the state machine and its storage threads. Immutable, so that it may be
/// handed from thread to thread; entries are windows on shared arrays and their data is never copied.
/// </summary>
public sealed class Message
{
    private Message[]? _responses;
    private RareFields? _rare;

    public required MessageType Type { get; init; }

    public ulong To { get; init; }

    public ulong From { get; init; }

    /// <summary>The sender's term; zero for local messages, for proposals and for read requests.</summary>
    public ulong Term { get; init; }

    /// <summary>The term of the entry at <see cref="Index"/>.</summary>
    public ulong LogTerm { get; init; }

    public ulong Index { get; init; }

    public ReadOnlyMemory<Entry> Entries { get; init; }

    public ulong Commit { get; init; }

    /// <summary>Set in <see cref="MessageType.MsgStorageAppend"/> only.</summary>
    public ulong Vote { get; init; }

    /// <summary>Null where there is none; an empty snapshot is never carried.</summary>
    public Snapshot? Snapshot
    {
        get => _rare?.Snapshot;
        init
        {
            if (value is not null)
            {
                (_rare ??= new RareFields()).Snapshot = value;
            }
        }
    }

    public bool Reject { get; init; }

    /// <summary>In a rejected append: the highest index at which the logs may agree.</summary>
    public ulong RejectHint
    {
        get => _rare?.RejectHint ?? 0;
        init
        {
            if (value != 0)
            {
                (_rare ??= new RareFields()).RejectHint = value;
            }
        }
    }

    /// <summary>Opaque: the position of a read in a heartbeat, the kind of campaign in a vote request.</summary>
    public ReadOnlyMemory<byte> Context
    {
        get => _rare?.Context ?? default;
        init
        {
            if (!value.IsEmpty)
            {
                (_rare ??= new RareFields()).Context = value;
            }
        }
    }

    /// <summary>
    /// What the storage thread delivers, in this order, once the write of this message is durable (append) or done
    /// (apply). Never crosses the network.
    /// </summary>
    public ReadOnlyMemory<Message> Responses
    {
        get => _responses;
        init => _responses = WholeArrayOf(value);
    }

    /// <summary>The hard state to be written with a <see cref="MessageType.MsgStorageAppend"/>; empty when unchanged.</summary>
    public HardState HardState => new(Term, Vote, Commit);

    private static Message[]? WholeArrayOf(ReadOnlyMemory<Message> responses)
    {
        if (responses.IsEmpty)
        {
            return null;
        }

        var isArray = MemoryMarshal.TryGetArray(responses, out var part);
        return isArray && part.Count == part.Array!.Length ? part.Array : responses.ToArray();
    }

    internal Message ForwardedTo(ulong to, ulong from) =>
        new()
        {
            Type = Type,
            To = to,
            From = from,
            Term = Term,
            LogTerm = LogTerm,
            Index = Index,
            Entries = Entries,
            Commit = Commit,
            Vote = Vote,
            Snapshot = Snapshot,
            Reject = Reject,
            RejectHint = RejectHint,
            Context = Context,
        };

    /// <summary>
    /// What few messages carry lies apart: a proposal that travels alone makes some twenty messages, and a
    /// fifth of what is allocated for it would otherwise be room for these.
    /// </summary>
    private sealed class RareFields
    {
        public Snapshot? Snapshot { get; set; }

        public ulong RejectHint { get; set; }

        public ReadOnlyMemory<byte> Context { get; set; }
    }
}
