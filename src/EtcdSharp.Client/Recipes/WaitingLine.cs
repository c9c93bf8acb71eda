using EtcdSharp.Api.Errors;

namespace EtcdSharp.Client;

/// <summary>
/// The line that locks and elections wait in: one key per participant below a prefix, named after its lease, ordered by the
/// revision that made it. The same keys as those of etcd's own clients, so both may stand in one line.
/// </summary>
internal sealed class WaitingLine(IEtcdClient client, string name)
{
    /// <summary>How long one that gives up tries to take its place out of the line; the lease does it later anyway.</summary>
    private static readonly TimeSpan s_leavePatience = TimeSpan.FromSeconds(2);

    private readonly IKvClient kv = client.Kv;

    public KeyRange All { get; } = KeyRange.Prefix(name + "/");

    public EtcdBytes KeyOf(long leaseId) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}/{leaseId:x}");

    /// <summary>
    /// Stands in line, at the end or where the lease stands already. One that is cancelled meanwhile leaves no place behind
    /// that others would wait for: the request is not cut off, and what it made is taken back.
    /// </summary>
    public async Task<Place> EnterAsync(IKeptLease lease, EtcdBytes value, CancellationToken cancellationToken)
    {
        var entering = EnterAnyhowAsync(lease, value);
        try
        {
            return await entering.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = TakeBackAsync(entering);
            throw;
        }
    }

    /// <summary>Leaves the line if the place was made by this request; failing that, it goes with the lease.</summary>
    public async Task GiveUpAsync(Place place)
    {
        if (!place.IsNew)
        {
            return;
        }

        using var patience = new CancellationTokenSource(s_leavePatience);
        try
        {
            await LeaveAsync(place.Own.Key, place.Own.CreateRevision, patience.Token);
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            // The reason for giving up is on its way to the caller.
            return;
        }
    }

    private async Task TakeBackAsync(Task<Place> entering)
    {
        try
        {
            await GiveUpAsync(await entering);
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            // It never came to stand there, or not for longer than its lease.
            return;
        }
    }

    private async Task<Place> EnterAnyhowAsync(IKeptLease lease, EtcdBytes value)
    {
        var repeated = false;
        var key = KeyOf(lease.Id);
        var first = Operation.Get(All, new GetOptions { SortBy = SortTarget.CreateRevision, Limit = 1 });
        var enter = new Transaction()
            .If(Condition.Missing(key))
            .Then(Operation.Put(key, value, new PutOptions { Lease = lease.Id }), Operation.Get(key), first)
            .Else(Operation.Get(key), first);
        while (true)
        {
            try
            {
                var result = await kv.CommitAsync(enter, lease.Lost);
                var reads = result.Responses.Where(static response => response.Get is not null).ToArray();
                return new Place(reads[0].Get!.First!, reads[1].Get!.First!, result.Succeeded || repeated);
            }
            catch (EtcdException failure) when (failure.Error == EtcdError.NoSpace)
            {
                // It may have come to stand there all the same, and then others wait for it; asking again would be refused.
                var there = await kv.CommitAsync(new Transaction().Then(Operation.Get(key), first), lease.Lost);
                if (there.Responses[0].Get!.First is not { } own)
                {
                    throw;
                }

                return new Place(own, there.Responses[1].Get!.First!, IsNew: true);
            }
            catch (EtcdException failure) when (failure.OutcomeUnknown && !lease.Lost.IsCancellationRequested)
            {
                // Whether it happened does not matter: done twice it finds its own key.
                repeated = true;
            }
        }
    }

    /// <summary>Waits until nobody stands before the given place, watching the one directly before it alone.</summary>
    public async Task WaitForFirstAsync(KeyValue own, CancellationToken cancellationToken)
    {
        var lastBefore = new GetOptions
        {
            MaxCreateRevision = own.CreateRevision - 1,
            SortBy = SortTarget.CreateRevision,
            Descending = true,
            Limit = 1,
        };
        while (true)
        {
            var result = await kv.GetAsync(All, lastBefore, cancellationToken);
            if (result.First is not { } before)
            {
                break;
            }

            await WaitUntilDeletedAsync(before.Key, result.Header.Revision, cancellationToken);
        }

        // While it waited, the own key may have gone with its lease.
        var still = await kv.GetAsync(own.Key, null, cancellationToken);
        if (still.First?.CreateRevision != own.CreateRevision)
        {
            throw new EtcdException(EtcdError.LeaseNotFound);
        }
    }

    /// <summary>Leaves the line, if the key is still the one that was put.</summary>
    public async Task LeaveAsync(EtcdBytes key, long createRevision, CancellationToken cancellationToken)
    {
        var leave = new Transaction().If(Condition.CreateRevision(key).Is(createRevision)).Then(Operation.Delete(key));
        while (true)
        {
            try
            {
                await kv.CommitAsync(leave, cancellationToken);
                return;
            }
            catch (EtcdException failure) when (failure.OutcomeUnknown && !cancellationToken.IsCancellationRequested)
            {
                // Done twice it finds nothing to delete.
                await Task.Yield();
            }
        }
    }

    private async Task WaitUntilDeletedAsync(EtcdBytes key, long revision, CancellationToken cancellationToken)
    {
        var options = new WatchOptions { StartRevision = revision, WithoutPuts = true };
        try
        {
            await foreach (var change in client.Watch.WatchAsync(key, options, cancellationToken))
            {
                if (change.IsDelete)
                {
                    return;
                }
            }
        }
        catch (EtcdException failure) when (failure.Error == EtcdError.Compacted)
        {
            // The history went away before the watch came to it: the caller looks again who stands there.
            return;
        }
    }
}
