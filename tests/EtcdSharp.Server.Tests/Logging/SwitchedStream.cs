using System.Text;

namespace EtcdSharp.Server.Tests.Logging;

/// <summary>An output that takes what is written, holds the writer up, or refuses, as it is told.</summary>
internal sealed class SwitchedStream : Stream
{
    private readonly object _gate = new();
    private readonly MemoryStream _written = new();
    private bool _holds;
    private bool _isHeld;
    private string? _refusal;
    private bool _hasRefused;

    public bool IsDisposed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Hold() => Change(() => _holds = true);

    public void Fail(string why) => Change(() => _refusal = why);

    public void Go() =>
        Change(() =>
        {
            _holds = false;
            _refusal = null;
        });

    public void WaitUntilHeld(TimeSpan patience) => WaitFor(() => _isHeld, patience);

    public void WaitUntilFailed(TimeSpan patience) => WaitFor(() => _hasRefused, patience);

    public void WaitUntilWritten(string line, TimeSpan patience) => WaitFor(() => Lines().Contains(line), patience);

    public string[] Lines()
    {
        lock (_gate)
        {
            return Encoding.ASCII.GetString(_written.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        lock (_gate)
        {
            while (_holds)
            {
                _isHeld = true;
                Monitor.PulseAll(_gate);
                Monitor.Wait(_gate);
            }

            if (_refusal is { } why)
            {
                _hasRefused = true;
                Monitor.PulseAll(_gate);
                throw new IOException(why);
            }

            _written.Write(buffer, offset, count);
            Monitor.PulseAll(_gate);
        }
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }

    private void WaitFor(Func<bool> condition, TimeSpan patience)
    {
        var end = DateTime.UtcNow + patience;
        lock (_gate)
        {
            while (!condition())
            {
                Assert.True(DateTime.UtcNow < end, $"nothing happened within {patience}");
                Monitor.Wait(_gate, TimeSpan.FromSeconds(1));
            }
        }
    }
}
