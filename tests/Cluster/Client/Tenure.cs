using System.Diagnostics;

namespace EtcdSharp.Cluster.Client;

/// <summary>A time in which somebody believed to hold the lock. Times are of the monotonic clock.</summary>
internal sealed class Tenure(string holder, string key, long revision)
{
    private long _until = long.MaxValue;

    public string Holder { get; } = holder;

    public string Key { get; } = key;

    /// <summary>The revision that made the key: the token that grows with each holder.</summary>
    public long Revision { get; } = revision;

    public long From { get; } = Stopwatch.GetTimestamp();

    public long Until => Interlocked.Read(ref _until);

    /// <summary>Told lost, or let go: whatever came first.</summary>
    public void End() => Interlocked.CompareExchange(ref _until, Stopwatch.GetTimestamp(), long.MaxValue);

    public override string ToString() => $"{Key} ({Holder}, revision {Revision})";
}
