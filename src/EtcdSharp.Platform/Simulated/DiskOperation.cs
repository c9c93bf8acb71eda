using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Simulated;

/// <summary>One step on a <see cref="MemoryDisk"/>. <paramref name="Number"/> counts all steps but reads from 0.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DiskOperation(long Number, DiskOperationKind Kind, string Path, long Offset, long Length);
