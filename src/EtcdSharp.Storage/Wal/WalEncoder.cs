using System.Buffers.Binary;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// Gathers the frames of a batch in one buffer that is kept from batch to batch, so that a batch is one write and
/// no allocation. Carries the checksum chain from record to record.
/// </summary>
internal sealed class WalEncoder(uint crc)
{
    private const int BufferBytesInitial = 1 << 20;

    /// <summary>A buffer that one huge batch has grown beyond this is given back after the batch.</summary>
    private const int BufferBytesKept = 8 << 20;

    private const int CrcVarintBytesMax = 5;

    /// <summary>Tag and value of the record's type: field 1, and the five kinds fit in one byte.</summary>
    private const int KindFieldBytes = 2;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytesInitial);
    private int _length;
    private int _recordStart;
    private int _dataLength;
    private WalRecordKind _kind;

    /// <summary>The checksum over the data of all records so far.</summary>
    public uint Crc { get; private set; } = crc;

    public int Length => _length;

    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(0, _length);

    /// <summary>Opens a record; the caller fills exactly the returned bytes and then calls <see cref="EndRecord"/>.</summary>
    public Span<byte> BeginRecord(WalRecordKind kind, int dataLength)
    {
        _recordStart = _length;
        _kind = kind;
        _dataLength = dataLength;
        Reserve(WalFrame.HeaderBytes + PrefixBytes(CrcVarintBytesMax) + dataLength + WalFrame.HeaderBytes);
        return _buffer.AsSpan(DataStart(CrcVarintBytesMax), dataLength);
    }

    /// <summary>
    /// Closes the record. The checksum stands before the data but is known only after it; most checksums take five
    /// bytes, and the data moves down by a byte or more for those that take fewer.
    /// </summary>
    public void EndRecord()
    {
        var written = _buffer.AsSpan(DataStart(CrcVarintBytesMax), _dataLength);
        Crc = Crc32C.Append(Crc, written);
        var crcBytes = ProtoWriter.SizeOfVarint(Crc);
        if (crcBytes < CrcVarintBytesMax)
        {
            written.CopyTo(_buffer.AsSpan(DataStart(crcBytes)));
        }

        var writer = new ProtoWriter(_buffer.AsSpan(_recordStart + WalFrame.HeaderBytes));
        writer.WriteField(1, (ulong)_kind);
        writer.WriteField(2, Crc);
        writer.WriteBytesHeader(3, _dataLength);
        CloseFrame(writer.Position + _dataLength);
    }

    /// <summary>The record at the head of a segment that hands the checksum of the segment before over to it.</summary>
    public void WriteCrcRecord()
    {
        _recordStart = _length;
        Reserve(WalFrame.HeaderBytes + KindFieldBytes + 1 + CrcVarintBytesMax + WalFrame.HeaderBytes);
        var writer = new ProtoWriter(_buffer.AsSpan(_recordStart + WalFrame.HeaderBytes));
        writer.WriteField(1, (ulong)WalRecordKind.Crc);
        writer.WriteField(2, Crc);
        CloseFrame(writer.Position);
    }

    public void WriteRecord(WalRecordKind kind, ReadOnlySpan<byte> data)
    {
        data.CopyTo(BeginRecord(kind, data.Length));
        EndRecord();
    }

    /// <summary>Forgets the buffered frames once they are written.</summary>
    public void Clear()
    {
        _length = 0;
        if (_buffer.Length > BufferBytesKept)
        {
            _buffer = new byte[BufferBytesInitial];
        }
    }

    private int PrefixBytes(int crcBytes) =>
        KindFieldBytes + 1 + crcBytes + 1 + ProtoWriter.SizeOfVarint((ulong)(uint)_dataLength);

    private int DataStart(int crcBytes) => _recordStart + WalFrame.HeaderBytes + PrefixBytes(crcBytes);

    private void CloseFrame(int recordBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_recordStart), WalFrame.EncodeHeader(recordBytes));
        var end = _recordStart + WalFrame.HeaderBytes + recordBytes;
        var padding = WalFrame.PaddingOf(recordBytes);
        _buffer.AsSpan(end, padding).Clear();
        _length = end + padding;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length >= bytes)
        {
            return;
        }

        var needed = (long)_length + bytes;
        var size = Math.Max(needed, Math.Min(2L * _buffer.Length, Array.MaxLength));
        Array.Resize(ref _buffer, checked((int)size));
    }
}
