namespace EtcdSharp.Storage.Bolt;

/// <summary>A page as the page listing shows it. <paramref name="OverflowCount"/> further pages belong to it.</summary>
internal readonly record struct BoltPageInfo(ulong PageId, BoltPageKind Kind, long ElementCount, uint OverflowCount);
