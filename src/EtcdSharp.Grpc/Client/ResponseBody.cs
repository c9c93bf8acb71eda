using System.Buffers;
using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Client;

/// <summary>The whole body of a unary response in a rented array.</summary>
internal sealed class ResponseBody(int bytesMax) : IDisposable
{
    private const int FirstBytes = 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int length;

    public async ValueTask FillAsync(HttpContent content, CancellationToken cancellationToken)
    {
        Stream stream = content.ReadAsStream(cancellationToken);
        await using (stream.ConfigureAwait(false))
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                length += read;
                MakeRoom();
            }
        }
    }

    public T Decode<T>(Marshaller<T> marshaller, HttpResponseMessage response)
    {
        ReadOnlySequence<byte> bytes = new(buffer, 0, length);
        if (length < FrameHeader.Length)
        {
            throw new GrpcStatusException(StatusCode.Internal, "the response ended without a message");
        }

        FrameHeader.Read(bytes, out byte flag, out uint messageLength);
        if (messageLength > length - FrameHeader.Length)
        {
            throw new GrpcStatusException(StatusCode.Internal, "the response ended within a message");
        }

        ReadOnlySequence<byte> message = bytes.Slice(FrameHeader.Length, messageLength);
        return flag == FrameHeader.Plain ? Parse(marshaller, message) : Expand(marshaller, message, response);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private T Expand<T>(Marshaller<T> marshaller, in ReadOnlySequence<byte> message, HttpResponseMessage response)
    {
        string? encoding = ClientStatus.Header(response.Headers, "grpc-encoding");
        if (!string.Equals(encoding, GzipFrames.EncodingName, StringComparison.Ordinal))
        {
            throw new GrpcStatusException(
                StatusCode.Internal,
                $"the response is compressed with \"{encoding}\", which nobody asked for"
            );
        }

        if (!GzipFrames.TryDecompress(message, bytesMax, out byte[] rented, out int expanded))
        {
            throw TooLarge();
        }

        try
        {
            return Parse(marshaller, new ReadOnlySequence<byte>(rented, 0, expanded));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static T Parse<T>(Marshaller<T> marshaller, in ReadOnlySequence<byte> message)
    {
        try
        {
            return marshaller.Decode(message);
        }
        catch (InvalidDataException failure)
        {
            throw new GrpcStatusException(new(StatusCode.Internal, failure.Message), null, failure);
        }
    }

    private void MakeRoom()
    {
        if (length < buffer.Length)
        {
            return;
        }

        if (length - FrameHeader.Length > bytesMax)
        {
            throw TooLarge();
        }

        // The header says how much is still to come, so a large message is moved once at most.
        FrameHeader.Read(new(buffer, 0, length), out _, out uint messageLength);
        int wanted = (int)Math.Max(Math.Min((long)messageLength + FrameHeader.Length + 1, Array.MaxLength), length * 2L);
        byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private GrpcStatusException TooLarge() =>
        new(StatusCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {bytesMax})");
}
