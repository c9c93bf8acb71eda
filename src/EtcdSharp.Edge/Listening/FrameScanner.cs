using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// Follows the frames of an HTTP/2 client without looking into them: nine bytes per frame are read, the rest is jumped over.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FrameScanner()
{
    private const int PrefaceLength = 24;
    private const int HeaderLength = 9;
    private const int TypeOffset = 3;
    private const int FlagsOffset = 4;
    private const int StreamOffset = 5;
    private const byte TypeHeaders = 1;
    private const byte TypePing = 6;
    private const byte FlagAck = 1;

    private HeaderBytes header;
    private int headerLength;
    private long skip = PrefaceLength;

    /// <summary>The number of the youngest call the client has opened.</summary>
    public int LastStream { get; private set; }

    /// <summary>Goes through bytes never seen before; returns how many pings ended in them that ask for an answer.</summary>
    public int Scan(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return Scan(bytes.FirstSpan);
        }

        int pings = 0;
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            pings += Scan(segment.Span);
        }

        return pings;
    }

    private int Scan(ReadOnlySpan<byte> bytes)
    {
        int pings = 0;
        while (true)
        {
            if (skip >= bytes.Length)
            {
                skip -= bytes.Length;
                return pings;
            }

            bytes = bytes[(int)skip..];
            skip = 0;
            int missing = HeaderLength - headerLength;
            Span<byte> partial = header;
            if (bytes.Length < missing)
            {
                bytes.CopyTo(partial[headerLength..]);
                headerLength += bytes.Length;
                return pings;
            }

            bytes[..missing].CopyTo(partial[headerLength..]);
            bytes = bytes[missing..];
            headerLength = 0;
            pings += Take(partial[..HeaderLength]);
        }
    }

    private int Take(ReadOnlySpan<byte> frame)
    {
        skip = (frame[0] << 16) | (frame[1] << 8) | frame[2];
        byte type = frame[TypeOffset];
        if (type == TypeHeaders)
        {
            int stream = BinaryPrimitives.ReadInt32BigEndian(frame[StreamOffset..]) & int.MaxValue;
            LastStream = Math.Max(LastStream, stream);
        }

        return type == TypePing && (frame[FlagsOffset] & FlagAck) == 0 ? 1 : 0;
    }

    [InlineArray(HeaderLength)]
    private struct HeaderBytes
    {
        private byte first;
    }
}
