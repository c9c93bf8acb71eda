using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Client;

namespace EtcdSharp.Cluster.Client;

/// <summary>What all users of the client did and were told. Any thread.</summary>
internal sealed class Journal
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<string> _notes = new();
    private long _lastNumber;
    private long _acknowledged;

    public ConcurrentQueue<WriteRecord> Writes { get; } = new();

    public ConcurrentQueue<Tenure> Tenures { get; } = new();

    public ConcurrentQueue<WatchRecord> Watches { get; } = new();

    /// <summary>Keys of waiting contenders whose leases the test itself revoked: they may have become holders meanwhile.</summary>
    public ConcurrentDictionary<string, bool> Revoked { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>The newest revision of a write that was acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Guarded writes of holders of yesterday that were refused.</summary>
    public int LateWritesRefused => Volatile.Read(ref _lateWritesRefused);

    private int _lateWritesRefused;
    private int _leasesRunOut;
    private int _counted;
    private int _countedPerhaps;
    private int _reads;

    /// <summary>Additions to the counter that were acknowledged, and those that may have happened.</summary>
    public (int Done, int Unknown) Counted => (Volatile.Read(ref _counted), Volatile.Read(ref _countedPerhaps));

    public int Reads => Volatile.Read(ref _reads);

    public long NextNumber() => Interlocked.Increment(ref _lastNumber);

    public void Note(string text) =>
        _notes.Enqueue(
            string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_began).TotalSeconds, 9:F3}s {text}")
        );

    /// <summary>Of these the ones whose lease ran out, so that only their own clock told them.</summary>
    public int LeasesRunOut => Volatile.Read(ref _leasesRunOut);

    public void LateWriteRefused(bool ranOut)
    {
        Interlocked.Increment(ref _lateWritesRefused);
        Interlocked.Add(ref _leasesRunOut, ranOut ? 1 : 0);
    }

    public void Read() => Interlocked.Increment(ref _reads);

    /// <summary>Makes a write and keeps what the client says of it.</summary>
    /// <param name="write">Its revision; null where a transaction said no.</param>
    public async Task<WriteRecord> WriteAsync(string key, string? value, Func<Task<long?>> write)
    {
        var record = await TryAsync(key, value, write);
        Writes.Enqueue(record);
        if (record.Outcome != WriteOutcome.Done)
        {
            Note(record.ToString());
        }

        return record;
    }

    /// <summary>The same for an addition to the counter, which has no value of its own.</summary>
    public async Task CountAsync(Func<Task> add)
    {
        try
        {
            await add();
            Interlocked.Increment(ref _counted);
        }
        catch (EtcdException failure)
        {
            Interlocked.Add(ref _countedPerhaps, failure.OutcomeUnknown ? 1 : 0);
        }
    }

    private async Task<WriteRecord> TryAsync(string key, string? value, Func<Task<long?>> write)
    {
        try
        {
            if (await write() is not { } revision)
            {
                return new WriteRecord(key, value, WriteOutcome.NotDone, 0, "the condition did not hold");
            }

            Learn(revision);
            return new WriteRecord(key, value, WriteOutcome.Done, revision, "");
        }
        catch (EtcdException failure)
        {
            return new WriteRecord(
                key,
                value,
                failure.OutcomeUnknown ? WriteOutcome.Unknown : WriteOutcome.NotDone,
                0,
                $"{failure.Code}: {failure.Message}"
            );
        }
    }

    private void Learn(long revision)
    {
        for (var known = Acknowledged; revision > known; known = Acknowledged)
        {
            Interlocked.CompareExchange(ref _acknowledged, revision, known);
        }
    }
}
