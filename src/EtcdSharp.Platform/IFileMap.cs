namespace EtcdSharp.Platform;

/// <summary>A read-only view of a file's bytes in memory, valid until it is disposed.</summary>
public unsafe interface IFileMap : IDisposable
{
    byte* Address { get; }

    long Length { get; }
}
