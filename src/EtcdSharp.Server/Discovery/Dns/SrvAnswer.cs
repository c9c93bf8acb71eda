namespace EtcdSharp.Server.Discovery.Dns;

/// <summary>What a name server said.</summary>
/// <param name="IsTruncated">There is more than fits into a datagram: it is asked again over a connection.</param>
/// <param name="Code">0 for no error, 3 for a name that does not exist.</param>
internal sealed record SrvAnswer(bool IsTruncated, int Code, IReadOnlyList<SrvRecord> Records);
