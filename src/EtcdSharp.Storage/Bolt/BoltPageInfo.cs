using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>A page as the page listing shows it. <paramref name="OverflowCount"/> further pages belong to it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoltPageInfo(ulong PageId, BoltPageKind Kind, long ElementCount, uint OverflowCount);
