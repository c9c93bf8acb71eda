using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Apply;

/// <summary>One request on its way down the chain. What most of its links look at is read once, here.</summary>
internal readonly ref struct ApplyContext
{
    private readonly PutArguments _put;
    private readonly bool _isPut;

    /// <param name="kind">What is asked.</param>
    /// <param name="body">The encoded request, within the entry's data.</param>
    /// <param name="index">Of the log entry.</param>
    /// <param name="caller">Who asks; null where nobody was named.</param>
    /// <param name="someoneWaits">False when no caller of this member waits, so that no response need be made.</param>
    public ApplyContext(RequestKind kind, ReadOnlySpan<byte> body, ulong index, Caller? caller, bool someoneWaits)
    {
        Kind = kind;
        Body = body;
        Index = index;
        Caller = caller;
        SomeoneWaits = someoneWaits;
        _isPut = kind == RequestKind.Put && RequestParsing.TryReadPut(body, out _put);
    }

    public RequestKind Kind { get; }

    /// <summary>The encoded request, within the entry's data.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Of the log entry.</summary>
    public ulong Index { get; }

    /// <summary>Who asks; null where nobody was named.</summary>
    public Caller? Caller { get; }

    /// <summary>False when no caller of this member waits, so that no response need be made.</summary>
    public bool SomeoneWaits { get; }

    /// <summary>The bytes by which the request may let the backend grow; 0 for what does not grow it.</summary>
    public long Cost =>
        Kind != RequestKind.Put ? Quota.CostOf(Kind, Body)
        : _isPut ? Quota.CostOf(_put)
        : 0;

    /// <summary>False for what is no put, or a malformed one.</summary>
    public bool TryGetPut(out PutArguments put)
    {
        put = _put;
        return _isPut;
    }
}
