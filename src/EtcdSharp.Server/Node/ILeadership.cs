namespace EtcdSharp.Server.Node;

/// <summary>Whether this member leads.</summary>
internal interface ILeadership
{
    bool IsLeader { get; }
}
