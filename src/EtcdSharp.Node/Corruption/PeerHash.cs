using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;

namespace EtcdSharp.Node.Corruption;

/// <summary>What one other member answered when it was asked for the hash of its keys, or why it did not.</summary>
internal sealed record PeerHash
{
    public required ulong MemberId { get; init; }

    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Null when there is none.</summary>
    public KvHash? Hash { get; init; }

    /// <summary>The newest revision that the member has.</summary>
    public long Revision { get; init; }

    /// <summary>Set when the member answered that it cannot tell: the revision is compacted or yet to come, or it is of another cluster.</summary>
    public EtcdError? Refusal { get; init; }
}
