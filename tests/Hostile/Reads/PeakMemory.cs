namespace EtcdSharp.Hostile.Reads;

/// <summary>Looks at a server's own memory, without its mapped files, every few milliseconds.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private long _anonymous;

    public PeakMemory(EtcdServer server)
    {
        _thread = new Thread(() =>
        {
            do
            {
                _anonymous = Math.Max(_anonymous, server.Memory().Anonymous);
            } while (!_stop.Token.WaitHandle.WaitOne(5));
        });
        _thread.Start();
    }

    /// <summary>The most that was seen, in bytes.</summary>
    public long Anonymous => Volatile.Read(ref _anonymous);

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }
}
