using EtcdSharp.Node.Loops;
using EtcdSharp.Node.Snapshots;

namespace EtcdSharp.Node;

/// <summary>The loops of a node, each of which has a thread of its own in production.</summary>
internal enum NodeLoop
{
    Raft,
    LogWriter,
    Apply,
    Snapshots,
}
