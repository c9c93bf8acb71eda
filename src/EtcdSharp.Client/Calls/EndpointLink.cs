using EtcdSharp.Grpc.Client;

namespace EtcdSharp.Client;

/// <summary>One endpoint with its connection and what is known of its health.</summary>
internal sealed class EndpointLink(string address, CallChannel channel) : IDisposable
{
    private const int FirstRestMs = 100;

    /// <summary>A dead endpoint is tried again at least this often, so that it is found soon after it came back.</summary>
    private const int RestMsMax = 5000;

    private int failures;
    private long restUntilMs;

    public string Address { get; } = address;

    public CallChannel Channel { get; } = channel;

    public long RestUntilMs => Volatile.Read(ref restUntilMs);

    public bool IsResting(long nowMs) => nowMs < RestUntilMs;

    public void Succeeded()
    {
        if (Volatile.Read(ref failures) != 0)
        {
            Volatile.Write(ref failures, 0);
            Volatile.Write(ref restUntilMs, 0);
        }
    }

    public void Failed(long nowMs)
    {
        var times = Math.Min(Interlocked.Increment(ref failures), 8);
        Volatile.Write(ref restUntilMs, nowMs + Math.Min(FirstRestMs << (times - 1), RestMsMax));
    }

    public void Dispose() => Channel.Dispose();
}
