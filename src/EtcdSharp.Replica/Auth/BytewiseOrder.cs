using System.Text;

namespace EtcdSharp.Replica.Auth;

/// <summary>The order of etcd's buckets and of sorted strings in Go; names by their UTF-8 form.</summary>
internal sealed class BytewiseOrder : IComparer<byte[]>, IComparer<string>
{
    public static readonly BytewiseOrder Instance = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);

    public int Compare(string? x, string? y) =>
        Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
}
