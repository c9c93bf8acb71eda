using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Network;

/// <summary>Where an instance of a service is (RFC 2782). The target has no dot at its end.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SrvRecord(ushort Priority, ushort Weight, ushort Port, string Target);
