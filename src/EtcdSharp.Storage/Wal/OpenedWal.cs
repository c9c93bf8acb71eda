namespace EtcdSharp.Storage.Wal;

/// <summary>A log that is ready to be written on, and what it held.</summary>
internal sealed record OpenedWal(WriteAheadLog Log, WalContents Contents);
