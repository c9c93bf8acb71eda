using System.Runtime.InteropServices;

namespace EtcdSharp.Server.Discovery.Dns;

/// <summary>Where a service is, as DNS says it (RFC 2782). The target has no dot at its end.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SrvRecord(ushort Priority, ushort Weight, ushort Port, string Target);
