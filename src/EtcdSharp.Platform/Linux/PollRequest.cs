using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Linux;

/// <summary>The kernel's <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRequest
{
    public const short Readable = 1;
    public const short Writable = 4;

    public int Descriptor;
    public short Events;
    public short Returned;
}
