using System.Buffers.Binary;
using System.Text;

namespace EtcdSharp.Server.Discovery.Dns;

/// <summary>Questions for SRV records and their answers as they are on the wire (RFC 1035, RFC 2782).</summary>
internal static class SrvMessage
{
    private const int HeaderBytes = 12;
    private const ushort SrvType = 33;
    private const ushort InternetClass = 1;
    private const ushort RecursionDesired = 0x0100;
    private const ushort ResponseFlag = 0x8000;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort CodeMask = 0x000F;
    private const byte PointerMask = 0xC0;
    private const int LabelBytesMax = 63;
    private const int NameBytesMax = 255;

    /// <summary>A name has at most 127 labels, so more steps than that are a circle of pointers.</summary>
    private const int StepsMax = 128;

    /// <summary>Null when the name is none that DNS could know.</summary>
    public static byte[]? Question(ushort id, string name)
    {
        var labels = name.TrimEnd('.').Split('.');
        if (Array.Exists(labels, label => label.Length is 0 or > LabelBytesMax) || name.Length > NameBytesMax - 2)
        {
            return null;
        }

        var bytes = new byte[HeaderBytes + labels.Sum(label => 1 + Encoding.ASCII.GetByteCount(label)) + 1 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 1);
        var place = HeaderBytes;
        foreach (var label in labels)
        {
            bytes[place] = (byte)label.Length;
            place += 1 + Encoding.ASCII.GetBytes(label, bytes.AsSpan(place + 1));
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(place + 1), SrvType);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(place + 3), InternetClass);
        return bytes;
    }

    /// <summary>Null for what is no answer to the question with this id.</summary>
    public static SrvAnswer? Answer(ushort id, ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(message) != id)
        {
            return null;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & ResponseFlag) == 0)
        {
            return null;
        }

        var records = new List<SrvRecord>();
        var place = HeaderBytes;
        for (var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]); questions > 0; questions--)
        {
            if (ReadName(message, ref place) is null)
            {
                return null;
            }

            place += 4;
        }

        var isTruncated = (flags & TruncatedFlag) != 0;
        for (var answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); answers > 0; answers--)
        {
            if (!TryReadRecord(message, ref place, records))
            {
                return isTruncated ? new SrvAnswer(IsTruncated: true, flags & CodeMask, []) : null;
            }
        }

        return new SrvAnswer(isTruncated, flags & CodeMask, records);
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> message, ref int place, List<SrvRecord> records)
    {
        const int fixedBytes = 10;
        const int srvBytes = 6;
        if (ReadName(message, ref place) is null || place + fixedBytes > message.Length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(message[place..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(place + 8)..]);
        place += fixedBytes;
        var end = place + length;
        if (end > message.Length)
        {
            return false;
        }

        if (type == SrvType)
        {
            var target = place + srvBytes;
            if (length <= srvBytes || ReadName(message, ref target) is not { } name)
            {
                return false;
            }

            records.Add(
                new SrvRecord(
                    BinaryPrimitives.ReadUInt16BigEndian(message[place..]),
                    BinaryPrimitives.ReadUInt16BigEndian(message[(place + 2)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(message[(place + 4)..]),
                    name
                )
            );
        }

        place = end;
        return true;
    }

    /// <summary>Goes on behind the name; a pointer leads to the rest of the name elsewhere in the message.</summary>
    private static string? ReadName(ReadOnlySpan<byte> message, ref int place)
    {
        var name = new StringBuilder();
        var at = place;
        var isElsewhere = false;
        for (var steps = 0; steps < StepsMax && at < message.Length; steps++)
        {
            var length = message[at];
            if (length == 0)
            {
                place = isElsewhere ? place : at + 1;
                return name.ToString();
            }

            if ((length & PointerMask) == PointerMask)
            {
                if (at + 2 > message.Length)
                {
                    return null;
                }

                place = isElsewhere ? place : at + 2;
                isElsewhere = true;
                at = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & ~(PointerMask << 8);
                continue;
            }

            if (length > LabelBytesMax || at + 1 + length > message.Length)
            {
                return null;
            }

            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(message.Slice(at + 1, length)));
            at += 1 + length;
        }

        return null;
    }
}
