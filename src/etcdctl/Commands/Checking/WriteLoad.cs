using System.Diagnostics;
using System.Threading.Channels;
using EtcdSharp.Client;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>Writes random keys of a fixed size through many connections at once.</summary>
internal sealed class WriteLoad(Session session, EtcdBytes prefix, int clients, int keyBytes, int valueBytes)
{
    /// <summary>Nine bytes with seven bits of the number each.</summary>
    private const int NumberBytes = 9;

    private readonly byte[] value = new byte[valueBytes];

    /// <summary>Writes as often as the source says, which waits between them or not.</summary>
    /// <param name="turns">One item per write.</param>
    /// <param name="written">Called after each.</param>
    public async Task<LoadReport> RunAsync(IAsyncEnumerable<int> turns, Action written)
    {
        var report = new LoadReport();
        var queue = Channel.CreateBounded<EtcdBytes>(clients);
        var writers = new List<Task>();
        for (var i = 0; i < clients; i++)
        {
            writers.Add(WriteAsync(session.Endpoints[i % session.Endpoints.Count], queue.Reader, report, written));
        }

        await foreach (var _ in turns)
        {
            await queue.Writer.WriteAsync(NewKey());
        }

        queue.Writer.Complete();
        await Task.WhenAll(writers);
        return report;
    }

    private async Task WriteAsync(string endpoint, ChannelReader<EtcdBytes> keys, LoadReport report, Action written)
    {
        await using var connection = session.ConnectTo(endpoint);
        await foreach (var key in keys.ReadAllAsync())
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                await connection.Client.Kv.PutAsync(key, value);
                report.Succeeded(Stopwatch.GetElapsedTime(start));
            }
            catch (EtcdException failure)
            {
                report.Failed(FailureText.Of(failure));
            }

            written();
        }
    }

    private EtcdBytes NewKey()
    {
        var key = new byte[prefix.Length + keyBytes];
        prefix.Span.CopyTo(key);
        var number = (ulong)Random.Shared.NextInt64();
        for (var i = 0; i < NumberBytes; i++, number >>= 7)
        {
            key[prefix.Length + i] = (byte)(number & 0x7f);
        }

        return key;
    }
}
