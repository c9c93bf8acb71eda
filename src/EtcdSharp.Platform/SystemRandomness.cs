using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EtcdSharp.Platform;

/// <summary>Random numbers of the operating system: member and cluster ids must not be guessable or repeat after a fork.</summary>
public sealed class SystemRandomness : IRandomness
{
    private SystemRandomness() { }

    public static SystemRandomness Instance { get; } = new();

    public ulong NextUInt64()
    {
        ulong value = 0;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return value;
    }
}
