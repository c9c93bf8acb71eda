namespace EtcdSharp.Platform;

/// <summary>How <see cref="IDisk.Open"/> treats a file that is there, or is not.</summary>
public enum DiskOpen
{
    /// <summary>The file must exist; it is opened for reading only.</summary>
    ReadExisting,

    /// <summary>The file must exist; it is opened for reading and writing.</summary>
    WriteExisting,

    /// <summary>The file must not exist; it is created with mode 0600.</summary>
    CreateNew,

    /// <summary>The file is opened for reading and writing, and created with mode 0600 when it is missing.</summary>
    OpenOrCreate,
}
