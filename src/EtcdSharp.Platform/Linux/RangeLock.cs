using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Linux;

/// <summary><c>struct flock</c> of 64-bit Linux, the argument of the open-file-description lock.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RangeLock
{
    public short Type;
    public short Whence;
    public long Start;
    public long Length;
    public int ProcessId;
}
