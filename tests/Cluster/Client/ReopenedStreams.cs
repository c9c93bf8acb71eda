using System.Diagnostics.Metrics;
using EtcdSharp.Client;

namespace EtcdSharp.Cluster.Client;

/// <summary>How many watch streams the client has lost and opened again, as its own metric tells.</summary>
internal sealed class ReopenedStreams : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public ReopenedStreams()
    {
        _listener.InstrumentPublished = static (published, listening) =>
        {
            if (published.Meter.Name == ClientDiagnostics.Name && published.Name == "etcd.client.streams.reopened")
            {
                listening.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                if (tags is [{ Value: "/etcdserverpb.Watch/Watch" }])
                {
                    Interlocked.Add(ref _count, value);
                }
            }
        );
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
