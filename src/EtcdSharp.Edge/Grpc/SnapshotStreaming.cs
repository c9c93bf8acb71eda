using System.Diagnostics;
using System.Security.Cryptography;
using EtcdSharp.Api;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Grpc;

/// <summary>Sends a backend snapshot in pieces, and its SHA-256 as the last one, by which a restore checks the file.</summary>
internal sealed class SnapshotStreaming(BackendSnapshot snapshot, string storageVersion, ILogger logger)
{
    /// <summary>etcd's size of a piece: some pages of the file.</summary>
    private const int ChunkBytes = 32 * 1024;

    /// <summary>Reads a piece in each turn; the client is waited for between two of them.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task StreamAsync(
        GrpcStreamWriter<SnapshotResponse> responses,
        LargeRead place,
        CancellationToken cancellationToken
    )
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var started = Stopwatch.GetTimestamp();
        var total = snapshot.SizeBytes;
        var size = ByteSize.Format(total);
        MaintenanceLog.SendingSnapshot(logger, total, size, storageVersion);
        var buffer = new byte[ChunkBytes];
        for (long sent = 0; sent < total; )
        {
            await place.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            int read;
            try
            {
                read = snapshot.Read(sent, buffer.AsSpan(0, (int)Math.Min(ChunkBytes, total - sent)));
                if (read == 0)
                {
                    throw new InvalidDataException($"the snapshot ends at {sent} of {total} bytes");
                }

                sent += read;
                sha.AppendData(buffer, 0, read);
            }
            finally
            {
                place.GiveTurn();
            }

            if (!await SendAsync(responses, total - sent, buffer.AsMemory(0, read)).ConfigureAwait(false))
            {
                return;
            }
        }

        MaintenanceLog.SendingChecksum(logger, total, SHA256.HashSizeInBytes);
        if (await SendAsync(responses, 0, sha.GetHashAndReset()).ConfigureAwait(false))
        {
            MaintenanceLog.SentSnapshot(logger, total, size, Stopwatch.GetElapsedTime(started), storageVersion);
        }
    }

    private ValueTask<bool> SendAsync(GrpcStreamWriter<SnapshotResponse> responses, long remaining, ReadOnlyMemory<byte> blob) =>
        responses.WriteAsync(
            new SnapshotResponse
            {
                RemainingBytes = (ulong)remaining,
                Blob = ByteString.CopyFrom(blob.Span),
                Version = storageVersion,
            }
        );
}
