using System.Runtime.InteropServices;

namespace EtcdSharp.Raft.Core;

/// <summary>A read request and the commit index when it arrived, which it may be answered with once leadership is confirmed.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingRead(Message Request, ulong Index);
