namespace EtcdSharp.Storage.Bolt;

/// <summary>A bucket as a cursor needs it: where its tree begins, now.</summary>
internal interface IBucketTree
{
    CommittedState State { get; }

    TreePosition Root();
}
