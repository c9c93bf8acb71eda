using System.Runtime.CompilerServices;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Client;

/// <summary>
/// One leader among many, with a value that all can see. The same as <c>etcdctl elect</c> and the elections of other etcd
/// clients with that name.
/// </summary>
/// <param name="client">Where it is.</param>
/// <param name="name">Its name; the candidates' keys are <c>name/lease</c>.</param>
public sealed class Election(IEtcdClient client, string name)
{
    private readonly WaitingLine line = new(client, name);

    /// <summary>Waits until it is elected. It leads until it resigns or the lease is lost.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: the lease was lost meanwhile.</exception>
    public async Task<Leadership> CampaignAsync(IKeptLease lease, EtcdBytes value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, cancellationToken);
        Leadership? won = null;
        Place? place = null;
        try
        {
            place = await line.EnterAsync(lease, value, wanted.Token);
            var leadership = new Leadership(client.Kv, line, lease, place.Own);
            if (place.Own.Value != value)
            {
                await leadership.ProclaimAsync(value, wanted.Token);
            }

            if (!place.IsFirst)
            {
                await line.WaitForFirstAsync(place.Own, wanted.Token);
            }

            won = leadership;
            return won;
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EtcdException(EtcdError.LeaseNotFound);
        }
        finally
        {
            if (won is null && place is not null)
            {
                await line.GiveUpAsync(place);
            }
        }
    }

    /// <summary>The leader's key and value; null where nobody leads.</summary>
    public async Task<KeyValue?> LeaderAsync(CancellationToken cancellationToken = default) =>
        (await FirstAsync(cancellationToken)).First;

    /// <summary>
    /// The leader and each change of it or of its value, beginning with how things are. Quick changes in between may be left
    /// out, the latest never is.
    /// </summary>
    public async IAsyncEnumerable<KeyValue> ObserveAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = await FirstAsync(cancellationToken);
            var leader = result.First;
            var from = result.Header.Revision + 1;
            if (leader is null)
            {
                leader = await FirstPutAsync(from, cancellationToken);
                from = leader.ModRevision + 1;
            }

            yield return leader;
            await foreach (var change in ChangesAsync(leader.Key, from, cancellationToken))
            {
                yield return change;
            }
        }
    }

    private Task<GetResult> FirstAsync(CancellationToken cancellationToken) =>
        client.Kv.GetAsync(line.All, new GetOptions { SortBy = SortTarget.CreateRevision, Limit = 1 }, cancellationToken);

    private async Task<KeyValue> FirstPutAsync(long from, CancellationToken cancellationToken)
    {
        var options = new WatchOptions { StartRevision = from, WithoutDeletes = true };
        await foreach (var change in client.Watch.WatchAsync(line.All, options, cancellationToken))
        {
            return change.KeyValue;
        }

        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>The leader's values until its key is deleted.</summary>
    private async IAsyncEnumerable<KeyValue> ChangesAsync(
        EtcdBytes key,
        long from,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var change in client.Watch.WatchAsync(key, new WatchOptions { StartRevision = from }, cancellationToken))
        {
            if (change.IsDelete)
            {
                yield break;
            }

            yield return change.KeyValue;
        }
    }
}
