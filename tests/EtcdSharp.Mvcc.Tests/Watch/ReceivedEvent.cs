namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>An event as a client saw it.</summary>
internal sealed record ReceivedEvent(long Revision, string Key, bool IsDelete);
