using EtcdSharp.Api.Errors;

namespace EtcdSharp.Node.Reads;

/// <summary>A call that waits until an index is applied.</summary>
/// <param name="index">What it waits for.</param>
/// <param name="number">Tells it from others that wait for the same.</param>
internal sealed class WaitingCall(ulong index, long number)
{
    public static Comparer<WaitingCall> ByIndex { get; } =
        Comparer<WaitingCall>.Create(
            static (one, other) =>
                one.Index != other.Index ? one.Index.CompareTo(other.Index) : one.Number.CompareTo(other.Number)
        );

    public ulong Index { get; } = index;

    public TaskCompletionSource<EtcdError?> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long Number { get; } = number;
}
