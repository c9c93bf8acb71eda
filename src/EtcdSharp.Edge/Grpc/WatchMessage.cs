using System.Runtime.InteropServices;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Edge.Grpc;

/// <summary>One WatchResponse on its way out: a response of a stream's queue, or one fragment of it.</summary>
/// <param name="First">The first of the response's events that is in this message.</param>
/// <param name="Count">How many of them.</param>
/// <param name="IsFragment">More of the same response follows.</param>
/// <param name="RaftTerm">For the header; kept here because the size is taken before the bytes.</param>
/// <param name="EventBytes">The size of its events.</param>
/// <param name="Own">Events with previous key-values that their batch does not keep; null for all or one where it does.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WatchMessage(
    WatchResponse Response,
    int First,
    int Count,
    bool IsFragment,
    ulong RaftTerm,
    long EventBytes = 0,
    byte[]?[]? Own = null
);
