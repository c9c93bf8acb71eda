using System.Runtime.InteropServices;

namespace EtcdSharp.Mvcc;

/// <summary>What HashKV answers: the CRC-32C over the key bucket up to <see cref="Revision"/>, after <see cref="CompactRevision"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KvHash(uint Hash, long CompactRevision, long Revision);
