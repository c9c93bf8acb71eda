namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>How a value of a flag fares otherwise here than in etcd.</summary>
internal enum ExpectedDifference
{
    None,
    RefusedHere,

    /// <summary>Both take it, and it stands for another value.</summary>
    OtherEffect,
}
