using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Input;

/// <summary>Reads standard input line by line. Lines may hold bytes that are no UTF-8.</summary>
internal sealed class InputLines(Stream input)
{
    private const int ChunkBytes = 4096;
    private const byte LineEnd = (byte)'\n';

    private readonly byte[] chunk = new byte[ChunkBytes];
    private readonly List<byte> line = [];
    private int next;
    private int end;

    /// <summary>The next line without its end; null where the input ends, even in the midst of a line.</summary>
    public string? Read()
    {
        line.Clear();
        while (true)
        {
            if (next == end)
            {
                next = 0;
                end = input.Read(chunk);
                if (end == 0)
                {
                    return null;
                }
            }

            var rest = chunk.AsSpan(next, end - next);
            var length = rest.IndexOf(LineEnd);
            if (length >= 0)
            {
                line.AddRange(rest[..length]);
                next += length + 1;
                return RawText.FromBytes([.. line]);
            }

            line.AddRange(rest);
            next = end;
        }
    }
}
