using System.Security.Cryptography;
using EtcdSharp.Platform;

namespace EtcdSharp.Offline;

/// <summary>The SHA-256 that a snapshot, as a member sends it, ends with.</summary>
internal static class SnapshotChecksum
{
    public const int Bytes = SHA256.HashSizeInBytes;

    /// <summary>Pages are multiples of the smallest sector, so a length that is 32 more than one tells of a checksum.</summary>
    private const int SmallestSectorBytes = 512;

    /// <summary>1 MB: what one step of a read takes.</summary>
    private const int ChunkBytes = 1024 * 1024;

    public static bool IsAtEnd(long fileBytes) => fileBytes % SmallestSectorBytes == Bytes;

    /// <summary>What is wrong with the file's checksum, in etcd's words; null when it fits.</summary>
    public static string? Check(IDiskFile file)
    {
        if (!IsAtEnd(file.Length))
        {
            return "snapshot missing hash but --skip-hash-check=false";
        }

        var content = file.Length - Bytes;
        var stored = new byte[Bytes];
        file.ReadAt(content, stored);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ForEachPiece(file, content, hash.AppendData);
        var computed = hash.GetHashAndReset();
        return computed.AsSpan().SequenceEqual(stored)
            ? null
            : $"expected sha256 [{string.Join(' ', stored)}], got [{string.Join(' ', computed)}]";
    }

    /// <summary>Copies what comes before the checksum and makes the copy durable.</summary>
    public static void CopyContent(IDiskFile source, IDiskFile target)
    {
        var content = IsAtEnd(source.Length) ? source.Length - Bytes : source.Length;
        long offset = 0;
        ForEachPiece(
            source,
            content,
            piece =>
            {
                target.WriteAt(offset, piece);
                offset += piece.Length;
            }
        );
        target.SetLength(content);
        target.SyncData();
    }

    private static void ForEachPiece(IDiskFile file, long length, Action<ReadOnlySpan<byte>> action)
    {
        var piece = new byte[ChunkBytes];
        for (long offset = 0; offset < length; )
        {
            var read = file.ReadAt(offset, piece.AsSpan(0, (int)Math.Min(ChunkBytes, length - offset)));
            if (read == 0)
            {
                throw new IOException($"{file.Path} became shorter while it was read");
            }

            action(piece.AsSpan(0, read));
            offset += read;
        }
    }
}
