using EtcdSharp.Mvcc.Index;

namespace EtcdSharp.Mvcc;

/// <summary>Looks at the keys of a range one at a time, so that a range of any size is read without being collected.</summary>
internal interface IKeyVisitor
{
    /// <summary>
    /// False ends the walk. <paramref name="encoded"/> is the encoded mvccpb.KeyValue, valid during the call only, and
    /// empty when the walk was asked for versions alone.
    /// </summary>
    bool Visit(in KeyVersion version, ReadOnlySpan<byte> encoded);
}
