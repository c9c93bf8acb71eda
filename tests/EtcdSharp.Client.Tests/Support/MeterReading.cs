using System.Diagnostics.Metrics;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>What one instrument of the client has counted since this began, all clients of the process together.</summary>
internal sealed class MeterReading : IDisposable
{
    private readonly MeterListener listener = new();
    private long sum;
    private long count;

    public MeterReading(string instrument, string? method = null)
    {
        listener.InstrumentPublished = (published, listening) =>
        {
            if (published.Meter.Name == ClientDiagnostics.Name && published.Name == instrument)
            {
                listening.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                if (method is null || (tags.Length > 0 && method.Equals(tags[0].Value)))
                {
                    Interlocked.Add(ref sum, value);
                    Interlocked.Increment(ref count);
                }
            }
        );
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref count));
        listener.Start();
    }

    public long Sum => Interlocked.Read(ref sum);

    public long Count => Interlocked.Read(ref count);

    public void Dispose() => listener.Dispose();
}
