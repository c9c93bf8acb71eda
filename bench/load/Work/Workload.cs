using EtcdSharp.Bench.Http2;

namespace EtcdSharp.Bench.Work;

/// <summary>What the clients of one worker do. All methods run on the worker's thread.</summary>
internal abstract class Workload
{
    /// <summary>The names of the series that results are kept in; the first is the main one.</summary>
    public abstract IReadOnlyList<string> Series { get; }

    /// <summary>Whether the worker may begin to issue requests.</summary>
    public virtual bool Ready => true;

    /// <summary>Opens what must be there before the first request.</summary>
    public virtual void Prepare(Worker worker) { }

    /// <summary>Sends the next request of a client that has none in flight.</summary>
    public abstract CallStream Issue(Connection connection, int client);

    /// <summary>A message on a stream that <see cref="Prepare"/> opened or that a client issues on.</summary>
    public virtual void OnMessage(Worker worker, Connection connection, CallStream call, ReadOnlySpan<byte> message) { }
}
