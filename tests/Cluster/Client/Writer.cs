using System.Globalization;
using EtcdSharp.Client;

namespace EtcdSharp.Cluster.Client;

/// <summary>Puts, deletes, commits and reads, one after the other, with values that nobody else writes.</summary>
internal sealed class Writer(string name, IEtcdClient client, Journal journal, int seed)
{
    public const string Prefix = "w/";
    public const string Counter = "counter";

    private const int Keys = 12;

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await (
                _random.Next(10) switch
                {
                    < 5 => PutAsync(),
                    < 7 => CommitAsync(),
                    7 => PutAndDeleteAsync(),
                    8 => CountAsync(),
                    _ => ReadAsync(),
                }
            );
            await Task.Delay(_random.Next(12), CancellationToken.None);
        }
    }

    private string NextValue() => string.Create(CultureInfo.InvariantCulture, $"{name}#{journal.NextNumber()}");

    private Task<WriteRecord> PutAsync()
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{name}/{_random.Next(Keys)}");
        return PutAsync(key, NextValue());
    }

    private Task<WriteRecord> PutAsync(string key, string value) =>
        journal.WriteAsync(key, value, async () => (await client.Kv.PutAsync(key, value)).Header.Revision);

    /// <summary>The key is new, so a transaction that says no although nobody else has written it has happened twice.</summary>
    private async Task CommitAsync()
    {
        var value = NextValue();
        var key = $"{Prefix}{name}/new/{value}";
        await journal.WriteAsync(
            key,
            value,
            async () =>
            {
                var result = await client
                    .Kv.Transaction()
                    .If(Condition.Missing(key))
                    .Then(Operation.Put(key, value))
                    .Else(Operation.Get(key))
                    .CommitAsync();
                return result.Succeeded ? result.Header.Revision : null;
            }
        );
    }

    /// <summary>The key is deleted once and exists, so a deletion that finds nothing has happened twice.</summary>
    private async Task PutAndDeleteAsync()
    {
        var value = NextValue();
        var key = $"{Prefix}{name}/gone/{value}";
        var put = await PutAsync(key, value);
        if (put.Outcome == WriteOutcome.Done)
        {
            await journal.WriteAsync(
                key,
                null,
                async () =>
                {
                    var result = await client.Kv.DeleteAsync(key);
                    return result.Deleted == 1 ? result.Header.Revision : null;
                }
            );
        }
    }

    private Task CountAsync() =>
        journal.CountAsync(() =>
            client.RunAtomicallyAsync(async scope =>
            {
                var there = await scope.GetAsync(Counter) is { } text
                    ? long.Parse(text.ToString(), CultureInfo.InvariantCulture)
                    : 0;
                scope.Put(Counter, string.Create(CultureInfo.InvariantCulture, $"{there + 1}"));
            })
        );

    /// <summary>A read is not older than what anybody was told before it began.</summary>
    private async Task ReadAsync()
    {
        var known = journal.Acknowledged;
        try
        {
            var result = await client.Kv.GetAsync(KeyRange.Prefix(Prefix), new GetOptions { CountOnly = true });
            if (result.Header.Revision < known)
            {
                throw new Simulation.Kernel.Violation(
                    "linearizability",
                    $"a read tells revision {result.Header.Revision} after {known}"
                );
            }

            journal.Read();
        }
        catch (EtcdException failure)
        {
            journal.Note($"{name} read: {failure.Code}: {failure.Message}");
        }
    }
}
