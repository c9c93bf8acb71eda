using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>A segment that the log holds open and locked. The file may have been opened under another name.</summary>
internal sealed record WalSegmentFile(WalSegmentName Name, IDiskFile File);
