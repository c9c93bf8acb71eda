using System.Runtime.InteropServices;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Kernel;

/// <summary>Something that is to happen: to nobody in particular, or to a member while it is in this incarnation.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WorldEvent(Action Action, SimMember? Member, int Incarnation);
