using System.Collections.Concurrent;
using System.Diagnostics;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Clients;

namespace EtcdSharp.Cluster.Clients;

/// <summary>All calls of all clients, everything that watches delivered, and what was done to the cluster meanwhile.</summary>
internal sealed class History
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentQueue<(long At, string Text)> _notes = new();
    private readonly ConcurrentQueue<LeasePromise> _promises = new();
    private long _lastId;
    private long _knownRevision;

    public long Now => Stopwatch.GetElapsedTime(_began).Ticks * 100;

    /// <summary>The highest revision that any client was told.</summary>
    public long KnownRevision => Interlocked.Read(ref _knownRevision);

    public IReadOnlyCollection<Call> Calls => _calls;

    public IReadOnlyCollection<LeasePromise> Promises => _promises;

    public IReadOnlyCollection<(long At, string Text)> Notes => _notes;

    /// <summary>A number that no other request of the history has. It stands in the value of what the request writes.</summary>
    public ulong NextId() => (ulong)Interlocked.Increment(ref _lastId);

    public void Add(Call call) => _calls.Enqueue(call);

    public void Note(string text) => _notes.Enqueue((Now, text));

    public void Promised(LeasePromise promise) => _promises.Enqueue(promise);

    public Task<bool> PutAsync(ClusterMember member, PutRequest request, ulong id, TimeSpan patience) =>
        CallAsync<PutResponse>(member, id, RequestKind.Put, "/etcdserverpb.KV/Put", request, patience);

    public Task<bool> DeleteAsync(ClusterMember member, DeleteRangeRequest request, ulong id, TimeSpan patience) =>
        CallAsync<DeleteRangeResponse>(member, id, RequestKind.DeleteRange, "/etcdserverpb.KV/DeleteRange", request, patience);

    public Task<bool> TxnAsync(ClusterMember member, TxnRequest request, ulong id, TimeSpan patience) =>
        CallAsync<TxnResponse>(member, id, RequestKind.Txn, "/etcdserverpb.KV/Txn", request, patience);

    public Task<bool> RangeAsync(ClusterMember member, RangeRequest request, ulong id, TimeSpan patience) =>
        CallAsync<RangeResponse>(member, id, RequestKind.Range, "/etcdserverpb.KV/Range", request, patience);

    /// <summary>Makes a call and keeps it.</summary>
    /// <returns>Whether it was answered.</returns>
    private async Task<bool> CallAsync<TResponse>(
        ClusterMember member,
        ulong id,
        RequestKind kind,
        string method,
        IMessage request,
        TimeSpan patience
    )
        where TResponse : IMessage<TResponse>, new()
    {
        var call = new Call(id, kind, request, request is RangeRequest { Serializable: true }, member.Name, Now);
        Add(call);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var response = await member.Endpoint.Call<TResponse>(method, request, limit.Token);
            var answeredAt = Now;
            call.Answer = new Answer(null, Responses.TakeRevision(response), response);
            call.AnsweredAt = answeredAt;
            Learn(call.Answer.Revision);
            return true;
        }
        catch (Exception failure) when (EtcdCluster.IsNoAnswer(failure))
        {
            call.Problem = failure is GrpcFailure ? failure.Message : failure.GetType().Name;
            return false;
        }
    }

    private void Learn(long revision)
    {
        for (var known = KnownRevision; revision > known; known = KnownRevision)
        {
            Interlocked.CompareExchange(ref _knownRevision, revision, known);
        }
    }
}
