using System.Globalization;
using EtcdSharp.Client;

namespace EtcdSharp.Cluster.Client;

/// <summary>
/// Wants the lock again and again, writes under its guard while it holds it, and sometimes does not hear that it has lost
/// it: then its wire stands still, and it goes on writing under the guard by another way.
/// </summary>
internal sealed class Contender(string name, ClientWire wire, IEtcdClient wired, IEtcdClient direct, Journal journal, int seed)
{
    public const string LockName = "lock";
    public const string Guarded = "guarded";

    /// <summary>Above the shortest that servers grant with an election timeout of half a second, which is 1 s.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(2);

    /// <summary>How long a holder of yesterday goes on. Each election makes leases whole again, so it may be the holder still.</summary>
    private static readonly TimeSpan s_lateMax = TimeToLive + TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await (_random.Next(2) == 0 ? OnceAsync(stopping) : OnOneLeaseAsync(stopping));
            }
            catch (EtcdException failure)
            {
                journal.Note($"{name}: {failure.Code}: {failure.Message}");
                await Task.Delay(50, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                journal.Note($"{name} gave up waiting");
            }
        }
    }

    private async Task OnceAsync(CancellationToken stopping)
    {
        var hold = await wired.LockAsync(LockName, TimeToLive, stopping);
        await using (hold)
        {
            await UseAsync(hold);
        }
    }

    private async Task OnOneLeaseAsync(CancellationToken stopping)
    {
        await using var lease = await wired.Lease.HoldAsync(TimeToLive, stopping);
        var mutex = new DistributedLock(wired, LockName);
        for (var i = 0; i < 3 && !lease.Lost.IsCancellationRequested; i++)
        {
            var hold =
                _random.Next(4) == 0 ? await mutex.TryAcquireAsync(lease, stopping) : await mutex.AcquireAsync(lease, stopping);
            if (hold is not null)
            {
                await using (hold)
                {
                    await UseAsync(hold);
                }
            }

            await Task.Delay(_random.Next(30), stopping);
        }
    }

    private async Task UseAsync(LockHold hold)
    {
        var tenure = new Tenure(name, hold.Key.ToString(), hold.Revision);
        journal.Tenures.Enqueue(tenure);
        await using var losing = hold.Lost.Register(tenure.End);
        for (var i = _random.Next(4); i >= 0 && !hold.Lost.IsCancellationRequested; i--)
        {
            await WriteAsync(wired, hold);
            await Task.Delay(_random.Next(40), CancellationToken.None);
        }

        if (_random.Next(6) == 0)
        {
            await StayTooLongAsync(hold);
        }

        tenure.End();
    }

    private async Task StayTooLongAsync(LockHold hold)
    {
        journal.Note($"{name} is cut off, with {hold.Key}");
        wire.StandStill();
        using var late = new CancellationTokenSource(s_lateMax);
        try
        {
            // What hangs in the wire arrives when the lock may be another's.
            var hanging = WriteAsync(wired, hold);
            if (_random.Next(2) == 0)
            {
                await RevokeAsync(hold);
            }

            while (!late.IsCancellationRequested)
            {
                var written = await WriteAsync(direct, hold);
                if (written is { Outcome: WriteOutcome.NotDone, Said: "the condition did not hold" })
                {
                    journal.LateWriteRefused(ranOut: !journal.Revoked.ContainsKey(hold.Key.ToString()));
                    break;
                }

                await Task.Delay(100, CancellationToken.None);
            }

            wire.GoOn();
            await hanging;
        }
        finally
        {
            wire.GoOn();
        }
    }

    /// <summary>Without waiting for the lease to run out: it hears of that no sooner.</summary>
    private async Task RevokeAsync(LockHold hold)
    {
        var key = hold.Key.ToString();
        journal.Revoked[key] = true;
        try
        {
            await direct.Lease.RevokeAsync(
                long.Parse(key.AsSpan(LockName.Length + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            );
        }
        catch (EtcdException failure)
        {
            journal.Note($"{name} revoking: {failure.Message}");
        }
    }

    private Task<WriteRecord> WriteAsync(IEtcdClient by, LockHold hold)
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"{hold.Revision}/{name}#{journal.NextNumber()}");
        return journal.WriteAsync(
            Guarded,
            value,
            async () =>
            {
                var result = await by.Kv.Transaction().If(hold.StillHeld).Then(Operation.Put(Guarded, value)).CommitAsync();
                return result.Succeeded ? result.Header.Revision : null;
            }
        );
    }
}
