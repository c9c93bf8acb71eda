using System.Buffers.Binary;

namespace EtcdSharp.Platform.Wire;

/// <summary>
/// Reads protobuf fields from memory without allocating. Malformed input never throws: a read that does not fit
/// sets <see cref="Failed"/>, ends the message and returns zeros, and the caller asks once, at the end.
/// </summary>
/// <example><code>
/// while (reader.NextField()) {
///     switch (reader.Field) {
///         case 1: key = reader.ReadBytes(); break;
///         default: reader.Skip(); break;
///     }
/// }
/// if (reader.Failed) { … }
/// </code></example>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    /// <summary>Groups nest in no message of ours; a few levels are skipped, more is an attack.</summary>
    private const int GroupDepthMax = 32;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;
    private int _wireType;

    public bool Failed { get; private set; }

    public int Field { get; private set; }

    public readonly int Position => _position;

    /// <summary>Moves to the next field; false at the end of the message and on malformed input.</summary>
    public bool NextField()
    {
        if (Failed || _position >= _message.Length)
        {
            return false;
        }

        var tag = ReadRawVarint();
        _wireType = (int)(tag & 7);
        Field = (int)(tag >> 3);
        if (tag > uint.MaxValue || Field == 0 || _wireType is 6 or 7 or 4)
        {
            Fail();
        }

        return !Failed;
    }

    public ulong ReadUInt64() => Expect(0) ? ReadRawVarint() : 0;

    public long ReadInt64() => (long)ReadUInt64();

    public uint ReadUInt32() => (uint)ReadUInt64();

    public int ReadInt32() => (int)ReadUInt64();

    public bool ReadBool() => ReadUInt64() != 0;

    public uint ReadFixed32()
    {
        if (!Expect(5))
        {
            return 0;
        }

        var bytes = Take(sizeof(uint));
        return bytes.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
    }

    /// <summary>The body of a <c>bytes</c>, <c>string</c> or message field, as a window on the message.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var (start, length) = ReadBytesRange();
        return _message.Slice(start, length);
    }

    /// <summary>As <see cref="ReadBytes"/>, but as offset and length, for callers that keep a memory of the message.</summary>
    public (int Start, int Length) ReadBytesRange()
    {
        if (!Expect(2))
        {
            return (0, 0);
        }

        var length = ReadRawVarint();
        if (Failed || length > (ulong)(_message.Length - _position))
        {
            Fail();
            return (0, 0);
        }

        var start = _position;
        _position += (int)length;
        return (start, (int)length);
    }

    /// <summary>True when the current field is length-delimited: for repeated numbers that may come packed.</summary>
    public readonly bool IsLengthDelimited => _wireType == 2;

    public void Skip() => SkipValue(_wireType, 0);

    private void SkipValue(int wireType, int depth)
    {
        switch (wireType)
        {
            case 0:
                ReadRawVarint();
                break;
            case 1:
                Take(sizeof(ulong));
                break;
            case 2:
                ReadBytesRange();
                break;
            case 3 when depth < GroupDepthMax:
                SkipGroup(Field, depth + 1);
                break;
            case 5:
                Take(sizeof(uint));
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipGroup(int field, int depth)
    {
        while (!Failed)
        {
            if (_position >= _message.Length)
            {
                Fail();
                return;
            }

            var tag = ReadRawVarint();
            _wireType = (int)(tag & 7);
            Field = (int)(tag >> 3);
            if (tag > uint.MaxValue || Field == 0)
            {
                Fail();
                return;
            }

            if (_wireType == 4)
            {
                if (Field != field)
                {
                    Fail();
                }

                return;
            }

            SkipValue(_wireType, depth);
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_message.Length - _position < length)
        {
            Fail();
            return default;
        }

        var taken = _message.Slice(_position, length);
        _position += length;
        return taken;
    }

    private bool Expect(int wireType)
    {
        if (_wireType != wireType)
        {
            Fail();
        }

        return !Failed;
    }

    private ulong ReadRawVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _message.Length)
            {
                break;
            }

            var next = _message[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Fail();
        return 0;
    }

    private void Fail()
    {
        Failed = true;
        _position = _message.Length;
    }
}
