using System.Buffers;
using System.Buffers.Binary;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// Reads record after record through the segments of a log and checks the chain of checksums. Holds at most one
/// record (bounded by the size of its file) in memory.
/// </summary>
internal sealed class WalRecordReader(IReadOnlyList<IDiskFile> segments) : IDisposable
{
    private const int WindowBytesInitial = 256 << 10;

    /// <summary>The unit in which a disk writes all or nothing.</summary>
    private const int SectorBytes = 512;

    private byte[] _window = ArrayPool<byte>.Shared.Rent(WindowBytesInitial);
    private long _windowOffset;
    private int _windowLength;
    private int _dataStart;
    private int _dataLength;
    private int _segment;
    private long _offset;
    private long _segmentBytes = segments.Count > 0 ? segments[0].Length : 0;

    public WalRecordKind Kind { get; private set; }

    /// <summary>The record's data, valid until the next step.</summary>
    public ReadOnlySpan<byte> Data => _window.AsSpan(_dataStart, _dataLength);

    /// <summary>As <see cref="Data"/>, and valid as short.</summary>
    public ReadOnlyMemory<byte> DataMemory => _window.AsMemory(_dataStart, _dataLength);

    /// <summary>The checksum stored in the record.</summary>
    public uint StoredCrc { get; private set; }

    /// <summary>The checksum over the data of all records so far.</summary>
    public uint Crc { get; private set; }

    /// <summary>The segment of the last step.</summary>
    public string Path => segments[_segment].Path;

    /// <summary>Where the frame of the last step starts.</summary>
    public long RecordOffset { get; private set; }

    /// <summary>Behind the last good record of the segment: where the next one is appended.</summary>
    public long NextOffset => _offset;

    /// <summary>What is wrong, after <see cref="WalReadStep.Torn"/> or <see cref="WalReadStep.Corrupt"/>.</summary>
    public WalException? Problem { get; private set; }

    /// <summary>When set, a wrong checksum is reported as a record with <see cref="Problem"/> set, for tools that show damaged logs.</summary>
    public bool ContinueOnChecksumMismatch { get; init; }

    private bool InLastSegment => _segment == segments.Count - 1;

    public WalReadStep Next()
    {
        if (segments.Count == 0)
        {
            return WalReadStep.End;
        }

        while (true)
        {
            RecordOffset = _offset;
            Kind = WalRecordKind.Unknown;
            Problem = null;
            _dataStart = _dataLength = 0;
            var remaining = _segmentBytes - _offset;
            if (remaining is > 0 and < WalFrame.HeaderBytes)
            {
                return NotWhole("the segment ends inside a frame's length field");
            }

            var header = remaining == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(Window(WalFrame.HeaderBytes));
            if (header != 0)
            {
                return ReadRecord(header);
            }

            if (InLastSegment)
            {
                return WalReadStep.End;
            }

            MoveToNextSegment();
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_window);
        _window = [];
    }

    private void MoveToNextSegment()
    {
        _segment++;
        _offset = 0;
        _windowLength = 0;
        _windowOffset = 0;
        _segmentBytes = segments[_segment].Length;
    }

    private WalReadStep ReadRecord(ulong header)
    {
        if (!WalFrame.TryDecodeHeader(header, out var recordBytes, out var padding) || recordBytes == 0)
        {
            return Corrupt(WalFault.Malformed, $"0x{header:x16} is no frame length");
        }

        var paddedBytes = recordBytes + padding;
        var remaining = _segmentBytes - _offset - WalFrame.HeaderBytes;
        if (paddedBytes > remaining || paddedBytes > Array.MaxLength - WalFrame.HeaderBytes)
        {
            return NotWhole($"a record of {recordBytes} bytes reaches beyond the segment's {_segmentBytes} bytes", recordBytes);
        }

        var frame = Window(WalFrame.HeaderBytes + (int)paddedBytes)[WalFrame.HeaderBytes..];
        if (!TryParse(frame[..(int)recordBytes]))
        {
            return Damaged(WalFault.Malformed, "the record is no walpb.Record", frame, recordBytes);
        }

        return Check(frame, recordBytes);
    }

    private WalReadStep Check(ReadOnlySpan<byte> frame, long recordBytes)
    {
        if (Kind == WalRecordKind.Crc)
        {
            // The first record of the first segment starts the chain; every later one must continue it.
            if (Crc != 0 && Crc != StoredCrc)
            {
                return Corrupt(
                    WalFault.ChecksumMismatch,
                    $"carries the checksum {StoredCrc:x8} over, the records before have {Crc:x8}"
                );
            }

            Crc = StoredCrc;
        }
        else
        {
            var computed = Crc32C.Append(Crc, Data);
            if (computed != StoredCrc)
            {
                var detail = $"the checksum is {StoredCrc:x8} but the data's is {computed:x8}";
                if (!ContinueOnChecksumMismatch)
                {
                    return Damaged(WalFault.ChecksumMismatch, detail, frame, recordBytes);
                }

                Problem = new WalException(WalFault.ChecksumMismatch, Path, detail, RecordOffset, Kind);
            }

            Crc = StoredCrc;
        }

        _offset += WalFrame.HeaderBytes + frame.Length;
        return WalReadStep.Record;
    }

    private bool TryParse(ReadOnlySpan<byte> record)
    {
        StoredCrc = 0;
        var reader = new ProtoReader(record);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    Kind = (WalRecordKind)reader.ReadInt64();
                    break;
                case 2:
                    StoredCrc = reader.ReadUInt32();
                    break;
                case 3:
                    var (start, length) = reader.ReadBytesRange();
                    _dataStart = (int)(_offset - _windowOffset) + WalFrame.HeaderBytes + start;
                    _dataLength = length;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    /// <summary>A record that is there in full but wrong is torn when one of its sectors was never written.</summary>
    private WalReadStep Damaged(WalFault fault, string detail, ReadOnlySpan<byte> frame, long recordBytes) =>
        InLastSegment && HasUnwrittenSector(frame, _offset + WalFrame.HeaderBytes) && !IsWholeUnderAnotherLength(recordBytes)
            ? Torn($"{detail}, and one of its sectors is all zeros")
            : Corrupt(fault, detail);

    private WalReadStep NotWhole(string detail, long recordBytes = 0) =>
        InLastSegment && !IsWholeUnderAnotherLength(recordBytes) ? Torn(detail) : Corrupt(WalFault.Malformed, detail);

    /// <summary>
    /// Tells a damaged length field from a torn record: a record delimits itself, so when it ends elsewhere than the
    /// length field says, and its checksum is right there, it was written to its end and the length field is wrong.
    /// Cutting the log off at such a record would throw acknowledged entries away.
    /// </summary>
    private bool IsWholeUnderAnotherLength(long recordBytes)
    {
        var remaining = Math.Min(_segmentBytes - _offset - WalFrame.HeaderBytes, Array.MaxLength - WalFrame.HeaderBytes);
        if (remaining <= 0)
        {
            return false;
        }

        var record = Window(WalFrame.HeaderBytes + (int)remaining)[WalFrame.HeaderBytes..];
        var reader = new ProtoReader(record);
        var kind = WalRecordKind.Unknown;
        uint stored = 0;
        while (reader.NextField())
        {
            if (reader.Field == 1)
            {
                kind = (WalRecordKind)reader.ReadInt64();
            }
            else if (reader.Field == 2)
            {
                stored = reader.ReadUInt32();
                if (kind == WalRecordKind.Crc && stored == Crc)
                {
                    return reader.Position != recordBytes;
                }
            }
            else if (reader.Field == 3)
            {
                var data = reader.ReadBytes();
                return !reader.Failed && reader.Position != recordBytes && Crc32C.Append(Crc, data) == stored;
            }
            else
            {
                return false;
            }
        }

        return false;
    }

    private WalReadStep Torn(string detail)
    {
        Problem = new WalException(WalFault.Torn, Path, detail, RecordOffset, Kind);
        return WalReadStep.Torn;
    }

    private WalReadStep Corrupt(WalFault fault, string detail)
    {
        Problem = new WalException(fault, Path, detail, RecordOffset, Kind);
        return WalReadStep.Corrupt;
    }

    internal static bool HasUnwrittenSector(ReadOnlySpan<byte> bytes, long fileOffset)
    {
        while (!bytes.IsEmpty)
        {
            var inSector = (int)Math.Min(SectorBytes - fileOffset % SectorBytes, bytes.Length);
            if (!bytes[..inSector].ContainsAnyExcept((byte)0))
            {
                return true;
            }

            bytes = bytes[inSector..];
            fileOffset += inSector;
        }

        return false;
    }

    /// <summary>The next <paramref name="bytes"/> bytes at the current offset; the caller has checked that the file has them.</summary>
    private ReadOnlySpan<byte> Window(int bytes)
    {
        var start = _offset - _windowOffset;
        if (start < 0 || start + bytes > _windowLength)
        {
            FillWindow(bytes);
            start = 0;
        }

        return _window.AsSpan((int)start, bytes);
    }

    private void FillWindow(int bytes)
    {
        if (bytes > _window.Length)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _windowOffset = _offset;
        var wanted = (int)Math.Min(_window.Length, _segmentBytes - _offset);
        _windowLength = segments[_segment].ReadAt(_offset, _window.AsSpan(0, wanted));
        if (_windowLength < bytes)
        {
            throw new WalException(WalFault.Malformed, Path, "the segment shrank while it was read", _offset);
        }
    }
}
