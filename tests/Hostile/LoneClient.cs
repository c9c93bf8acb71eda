using System.Diagnostics;

namespace EtcdSharp.Hostile;

/// <summary>A well-behaved client that puts one small key after the other on a connection of its own.</summary>
internal sealed class LoneClient(Uri address)
{
    private readonly List<TimeSpan> _latencies = [];

    public int Count => _latencies.Count;

    public TimeSpan Longest => _latencies.Max();

    public TimeSpan Percentile99 => _latencies.Order().ElementAt((int)((_latencies.Count - 1) * 0.99));

    public override string ToString() =>
        $"{Count} puts, p99 {Percentile99.TotalMilliseconds:f1} ms, longest {Longest.TotalMilliseconds:f1} ms";

    /// <summary>Puts until the task ends, and at least so many; never less than one.</summary>
    public static async Task<LoneClient> PutWhileAsync(Uri address, Task something, int countMin)
    {
        var client = new LoneClient(address);
        await client.PutAsync(something, countMin);
        await something;
        return client;
    }

    private async Task PutAsync(Task something, int countMin)
    {
        using var etcd = new EtcdEndpoint(address);
        var request = new PutRequest { Key = ByteString.CopyFromUtf8("lone"), Value = ByteString.CopyFrom(new byte[100]) };
        while (!something.IsCompleted || Count < countMin)
        {
            var started = Stopwatch.GetTimestamp();
            await etcd.Put(request);
            _latencies.Add(Stopwatch.GetElapsedTime(started));
        }
    }
}
