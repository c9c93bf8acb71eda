using System.Runtime.InteropServices;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>A key-value that was left where it is stored, instead of being copied into an answer.</summary>
/// <param name="At">Where in the copied bytes it belongs.</param>
/// <param name="Revision">The change that stored it.</param>
/// <param name="Length">Bytes of the encoded KeyValue.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoredReference(int At, Revision Revision, int Length);
