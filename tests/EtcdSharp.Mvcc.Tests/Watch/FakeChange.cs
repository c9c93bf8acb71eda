using System.Text;

namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>A put, or without a value a deletion.</summary>
internal sealed record FakeChange(byte[] Key, byte[]? Value, long CreateRevision = 0)
{
    public static FakeChange Put(string key, string value = "v", long createRevision = 0) =>
        new(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), createRevision);

    public static FakeChange Delete(string key) => new(Encoding.UTF8.GetBytes(key), null);
}
