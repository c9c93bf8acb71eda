namespace EtcdSharp.Server.Node;

/// <summary>A request that has its result and whose caller waits for it.</summary>
internal interface IAppliedRequest
{
    /// <summary>Lets the caller have the result.</summary>
    void Complete();
}
