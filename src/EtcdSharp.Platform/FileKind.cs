namespace EtcdSharp.Platform;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    Missing,
    Regular,
    Directory,

    /// <summary>A device, a named pipe, a socket: what must not be replaced by a file, and may not end when it is read.</summary>
    Special,

    /// <summary>A symbolic link, where links are not followed.</summary>
    Link,
}
