using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// Zeros over reserved space. The first write into space that is only reserved makes the file system record that it is
/// used now, and a sync waits for that record; over zeros that are on disk already, a sync writes the data alone.
/// </summary>
internal static class WalZeros
{
    /// <summary>What a segment in use is prepared with before its member starts: one piece, so that the start waits for one sync.</summary>
    public const long HeadBytes = PieceBytes;

    private const int PieceBytes = 1 << 20;

    /// <summary>
    /// Writes and syncs zeros piece by piece, so that another file's sync never waits for many of them, until the end
    /// is reached or <paramref name="stop"/> says so.
    /// </summary>
    public static void Write(IDiskFile file, long from, long to, Func<bool> stop)
    {
        var zeros = new byte[(int)Math.Clamp(to - from, 0, PieceBytes)];
        while (from < to && !stop())
        {
            var bytes = (int)Math.Min(PieceBytes, to - from);
            file.WriteAt(from, zeros.AsSpan(0, bytes));
            file.SyncData();
            from += bytes;
        }
    }

    public static bool AreThere(IDiskFile file, long from)
    {
        var piece = new byte[(int)Math.Clamp(file.Length - from, 1, PieceBytes)];
        int read;
        while ((read = file.ReadAt(from, piece)) > 0)
        {
            if (piece.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            from += read;
        }

        return true;
    }
}
