namespace EtcdSharp.Client;

/// <summary>Where an instance of a service is, as DNS tells it.</summary>
internal readonly record struct SrvRecord(ushort Priority, ushort Weight, ushort Port, string Target);
