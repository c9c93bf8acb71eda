using System.Runtime.InteropServices;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Replica.Answers;

/// <summary>A part of a response: bytes that are here, or without an array the place of a key-value that is in the store.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ResponsePiece(byte[]? Array, int Start, int Length, Revision Revision)
{
    public bool IsReference => Array is null;

    public ReadOnlyMemory<byte> Memory => Array.AsMemory(Start, Length);
}
