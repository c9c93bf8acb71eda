namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// An earlier commit failed at a point where what reached the disk is unknown. The file can still be read; writing
/// needs it to be opened again, from what the disk then holds.
/// </summary>
internal sealed class BoltFailedException(string path, Exception cause)
    : IOException($"bolt file '{path}' takes no more writes after a failed commit", cause);
