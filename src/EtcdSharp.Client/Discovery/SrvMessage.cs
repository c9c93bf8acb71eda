using System.Buffers.Binary;
using System.Text;

namespace EtcdSharp.Client;

/// <summary>DNS messages that ask for SRV records and answer that (RFC 1035 section 4, RFC 2782).</summary>
internal static class SrvMessage
{
    private const int HeaderBytes = 12;
    private const ushort SrvType = 33;
    private const ushort InternetClass = 1;
    private const ushort RecursionDesired = 0x0100;
    private const ushort Truncated = 0x0200;
    private const ushort ResponseCode = 0x000f;
    private const ushort NameError = 3;
    private const int LabelBytesMax = 63;

    /// <summary>A name has at most 255 bytes, so at most 127 labels; pointers beyond that go in circles.</summary>
    private const int LabelsMax = 127;

    public static byte[] Question(ushort id, string name)
    {
        using var message = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        message.Write(header);
        foreach (var label in name.TrimEnd('.').Split('.'))
        {
            var bytes = Encoding.ASCII.GetBytes(label);
            if (bytes.Length is 0 or > LabelBytesMax)
            {
                throw new ArgumentException($"\"{name}\" is no name in DNS", nameof(name));
            }

            message.WriteByte((byte)bytes.Length);
            message.Write(bytes);
        }

        message.Write([0, 0, (byte)SrvType, 0, (byte)InternetClass]);
        return message.ToArray();
    }

    /// <summary>Whether the answer is cut off and must be asked for over TCP.</summary>
    public static bool IsTruncated(ReadOnlySpan<byte> answer) =>
        answer.Length >= HeaderBytes && (Word(answer, 2) & Truncated) != 0;

    /// <summary>Whether it answers the question with this number.</summary>
    public static bool Answers(ReadOnlySpan<byte> answer, ushort id) => answer.Length >= HeaderBytes && Word(answer, 0) == id;

    /// <exception cref="InvalidDataException">There is no such name, or the server failed, or the answer is damaged.</exception>
    public static List<SrvRecord> Read(ReadOnlySpan<byte> answer)
    {
        switch (Word(answer, 2) & ResponseCode)
        {
            case 0:
                break;
            case NameError:
                throw new InvalidDataException("no such host");
            default:
                throw new InvalidDataException("server misbehaving");
        }

        var at = HeaderBytes;
        for (var questions = Word(answer, 4); questions > 0; questions--)
        {
            _ = Name(answer, ref at);
            at += 4;
        }

        var records = new List<SrvRecord>();
        for (var answers = Word(answer, 6); answers > 0; answers--)
        {
            _ = Name(answer, ref at);
            var type = Word(answer, at);
            var length = Word(answer, at + 8);
            at += 10;
            var data = at;
            if (type == SrvType)
            {
                var target = at + 6;
                records.Add(
                    new SrvRecord(Word(answer, at), Word(answer, at + 2), Word(answer, at + 4), Name(answer, ref target))
                );
            }

            at = data + length;
        }

        return records.Count > 0 ? records : throw new InvalidDataException("no such host");
    }

    private static string Name(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        var next = at;
        var jumped = false;
        for (var labels = 0; labels < LabelsMax; labels++)
        {
            int length = Octet(message, next);
            if (length > LabelBytesMax)
            {
                // A pointer to a name that stands elsewhere in the message.
                at = jumped ? at : next + 2;
                jumped = true;
                next = Word(message, next) & 0x3fff;
                continue;
            }

            if (length == 0)
            {
                at = jumped ? at : next + 1;
                return name.ToString();
            }

            if (next + 1 + length > message.Length)
            {
                throw Damaged();
            }

            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(message.Slice(next + 1, length)));
            next += 1 + length;
        }

        throw Damaged();
    }

    private static byte Octet(ReadOnlySpan<byte> message, int at) => at < message.Length ? message[at] : throw Damaged();

    private static ushort Word(ReadOnlySpan<byte> message, int at) =>
        at + 2 <= message.Length ? BinaryPrimitives.ReadUInt16BigEndian(message[at..]) : throw Damaged();

    private static InvalidDataException Damaged() => new("the answer of the name server is damaged");
}
