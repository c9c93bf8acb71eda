using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine;

/// <summary>Prints text and bytes. Keys and values are bytes, which need not be UTF-8, so a text writer would not do.</summary>
public sealed class Output(Stream stream)
{
    private const int BufferBytes = 16 * 1024;

    private readonly Lock gate = new();
    private readonly byte[] buffer = new byte[BufferBytes];
    private int used;

    /// <summary>
    /// For messages, as standard error is: everything leaves at once, and what cannot be written is let go. There is nobody
    /// to tell, and the command has its own work to end.
    /// </summary>
    public bool IsDiagnostic { get; init; }

    /// <summary>UTF-8; bytes that <see cref="RawText"/> carries in the text come out as they were.</summary>
    public void Write(string text) => Write(RawText.ToBytes(text));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            Append(bytes);
            if (IsDiagnostic)
            {
                FlushHeld();
            }
        }
    }

    public void WriteLine(string text) => Write(text + "\n");

    public void WriteLine(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            Append(bytes);
            Append("\n"u8);
            if (IsDiagnostic)
            {
                FlushHeld();
            }
        }
    }

    public void WriteLine() => Write("\n"u8);

    /// <summary>Hands on what is buffered.</summary>
    /// <exception cref="IOException">It could not be written: the disk is full, or the reader has gone. It is not tried again.</exception>
    public void Flush()
    {
        lock (gate)
        {
            FlushHeld();
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > buffer.Length - used)
        {
            FlushHeld();
        }

        if (bytes.Length > buffer.Length)
        {
            Hand(bytes);
            return;
        }

        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    private void FlushHeld()
    {
        if (used > 0)
        {
            var bytes = buffer.AsSpan(0, used);
            used = 0;
            Hand(bytes);
        }
    }

    private void Hand(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
            stream.Flush();
        }
        catch (IOException) when (IsDiagnostic)
        {
            return;
        }
    }
}
