namespace EtcdSharp.Storage.Bolt;

/// <summary>What a page is used for.</summary>
internal enum BoltPageKind
{
    Meta,
    Freelist,
    Branch,
    Leaf,
    Free,
    Unknown,
}
