using System.Buffers.Binary;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Node.Reads;

/// <summary>Reads that share one question to the leader: up to which index must be applied before they may be served?</summary>
internal sealed class ReadRound(ulong id, long startNanoseconds)
{
    private readonly TaskCompletionSource<EtcdError?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Id { get; } = id;

    public long StartNanoseconds { get; } = startNanoseconds;

    public long AskedNanoseconds { get; set; }

    public Task<EtcdError?> Done => _done.Task;

    /// <summary>The round as raft carries it through the cluster.</summary>
    public byte[] Context()
    {
        var context = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(context, Id);
        return context;
    }

    public static ulong IdOf(ReadOnlySpan<byte> context) =>
        context.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(context) : 0;

    public void Complete(EtcdError? error) => _done.TrySetResult(error);
}
