namespace EtcdSharp.Simulation.Members;

/// <summary>Where a member's work comes from.</summary>
internal enum WorkSource
{
    Own,
    Peer,
    Client,
}
