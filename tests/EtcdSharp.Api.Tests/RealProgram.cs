using System.IO.Compression;
using EtcdSharp.Harness;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Api.Tests;

/// <summary>What the program of real etcd carries within itself: its texts, and compressed descriptions of its messages.</summary>
public sealed class RealProgram
{
    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b, 0x08];

    private readonly byte[] bytes = Programs.RealEtcd is { } path ? File.ReadAllBytes(path) : [];

    public bool IsThere => bytes.Length != 0;

    public bool Contains(ReadOnlySpan<byte> text) => bytes.AsSpan().IndexOf(text) >= 0;

    /// <summary>Each .proto file that is compiled into the program.</summary>
    public IReadOnlyList<FileDescriptorProto> Files()
    {
        List<FileDescriptorProto> files = [];
        for (var at = 0; Next(at) is { } found; at = found + GzipMagic.Length)
        {
            if (TryRead(found) is { Package.Length: > 0 } file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    private int? Next(int from) => bytes.AsSpan(from).IndexOf(GzipMagic) is >= 0 and var ahead ? from + ahead : null;

    /// <summary>Null where the magic is chance, or the start of something else.</summary>
    private FileDescriptorProto? TryRead(int at)
    {
        try
        {
            using var packed = new MemoryStream(bytes, at, Math.Min(bytes.Length - at, 1 << 18), writable: false);
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
            var file = FileDescriptorProto.Parser.ParseFrom(unpacked);
            return file.Name.EndsWith(".proto", StringComparison.Ordinal) ? file : null;
        }
        catch (Exception chance) when (chance is InvalidDataException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
