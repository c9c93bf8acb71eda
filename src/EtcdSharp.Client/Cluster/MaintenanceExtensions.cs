using System.Security.Cryptography;

namespace EtcdSharp.Client;

/// <summary>What can be said shorter with the calls of <see cref="IMaintenanceClient"/>.</summary>
public static class MaintenanceExtensions
{
    /// <summary>
    /// Copies a snapshot into a file, which appears under its name only when it is whole, on disk and its hash is right.
    /// </summary>
    /// <returns>The size in bytes.</returns>
    /// <exception cref="InvalidDataException">The hash at its end does not fit what came before.</exception>
    public static async Task<long> SaveSnapshotAsync(
        this IMaintenanceClient maintenance,
        string path,
        string? endpoint = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var part = path + ".part";
        long length;
        await using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            await foreach (var piece in maintenance.SnapshotAsync(endpoint, cancellationToken))
            {
                await file.WriteAsync(piece.Blob.Memory, cancellationToken);
            }

            file.Flush(flushToDisk: true);
            length = file.Length;
            await CheckHashAsync(file, cancellationToken);
        }

        File.Move(part, path, overwrite: true);
        return length;
    }

    private static async Task CheckHashAsync(FileStream file, CancellationToken cancellationToken)
    {
        var dataLength = file.Length - SHA256.HashSizeInBytes;
        if (dataLength < 0)
        {
            throw new InvalidDataException($"the snapshot has {file.Length} bytes: too few for a hash");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        file.Position = 0;
        while (file.Position < dataLength)
        {
            var wanted = (int)Math.Min(buffer.Length, dataLength - file.Position);
            await file.ReadExactlyAsync(buffer.AsMemory(0, wanted), cancellationToken);
            hash.AppendData(buffer, 0, wanted);
        }

        var told = new byte[SHA256.HashSizeInBytes];
        await file.ReadExactlyAsync(told, cancellationToken);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(told))
        {
            throw new InvalidDataException("the snapshot is damaged: its hash does not fit");
        }
    }
}
