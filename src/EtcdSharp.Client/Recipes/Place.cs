namespace EtcdSharp.Client;

/// <summary>Where somebody stands in a waiting line.</summary>
/// <param name="Own">The key that stands for it.</param>
/// <param name="First">The key that stands first.</param>
/// <param name="IsNew">It has not stood there before.</param>
internal sealed record Place(KeyValue Own, KeyValue First, bool IsNew)
{
    public bool IsFirst => Own.CreateRevision == First.CreateRevision;
}
