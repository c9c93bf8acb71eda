namespace EtcdSharp.Storage.Wal;

/// <summary>The log refuses to be opened or read: what is wrong, in which file, where, and in which kind of record.</summary>
internal sealed class WalException : IOException
{
    public WalException(
        WalFault fault,
        string path,
        string detail,
        long offset = -1,
        WalRecordKind recordKind = WalRecordKind.Unknown
    )
        : base(Describe(path, detail, offset, recordKind))
    {
        Fault = fault;
        Path = path;
        Offset = offset;
        RecordKind = recordKind;
    }

    public WalFault Fault { get; }

    /// <summary>The segment, or the directory when no single segment is to blame.</summary>
    public string Path { get; }

    /// <summary>Where the frame starts in the segment, in bytes; -1 when no single record is to blame.</summary>
    public long Offset { get; }

    public WalRecordKind RecordKind { get; }

    private static string Describe(string path, string detail, long offset, WalRecordKind recordKind) =>
        offset < 0
            ? $"write-ahead log {path}: {detail}"
            : $"write-ahead log {path}, offset {offset}, record {recordKind}: {detail}";
}
