using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EtcdSharp.Bench.Http2;

/// <summary>
/// Linux's wait for many sockets on one thread. One thread that reads, computes and writes costs less per request than
/// handing each answer to the thread pool.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    private const int AddOperation = 1;
    private const int ModifyOperation = 3;
    private const uint Readable = 0x001;
    private const uint Writable = 0x004;
    private const int Interrupted = 4;
    private const int MaxEvents = 256;

    /// <summary>An event is 12 bytes on x64, where the kernel packs it, and 16 elsewhere; the tag is its last 8.</summary>
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _handle = Checked(Create(0));
    private readonly byte[] _events = new byte[MaxEvents * 16];

    public void Add(int socket, int tag) => Control(AddOperation, socket, tag, Readable);

    /// <summary>Whether to wake up as well when the socket takes bytes again.</summary>
    public void WatchWritable(int socket, int tag, bool watch) =>
        Control(ModifyOperation, socket, tag, watch ? Readable | Writable : Readable);

    /// <summary>Waits until a socket is ready or the time is over; the tags of those that are ready.</summary>
    public int Wait(Span<int> tags, long nanoseconds)
    {
        var limit = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        var count = WaitPrecisely(_handle, _events, Math.Min(MaxEvents, tags.Length), in limit, 0);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        for (var i = 0; i < count; i++)
        {
            tags[i] = BitConverter.ToInt32(_events, (i * EventSize) + EventSize - 8);
        }
        return count;
    }

    public void Dispose() => Checked(Close(_handle));

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Control(int operation, int socket, int tag, uint interest)
    {
        Span<byte> change = stackalloc byte[16];
        change.Clear();
        MemoryMarshal.Write(change, interest);
        MemoryMarshal.Write(change[(EventSize - 8)..], tag);
        Checked(Control(_handle, operation, socket, ref MemoryMarshal.GetReference(change)));
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int handle, int operation, int socket, ref byte change);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int WaitPrecisely(int handle, [In, Out] byte[] events, int maxEvents, in TimeSpec limit, nint signals);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
