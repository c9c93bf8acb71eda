namespace EtcdSharp.Server.Membership;

/// <summary>The other members that this one speaks to. On the apply loop, when a configuration change takes effect.</summary>
internal interface IPeerSet
{
    void AddPeer(MemberInfo member);

    void UpdatePeer(MemberInfo member);

    void RemovePeer(ulong id);
}
