using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// The log's promise: when a save has returned, a power loss at any later moment leaves its entries, term and vote.
/// Thousands of images of a disk that loses and tears what was not synced are opened, written on, and opened again.
/// </summary>
public sealed class PowerLossTests
{
    private const string Folder = "/member/wal";
    private const int HistoriesPerSeed = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void NothingAcknowledgedIsLost(int seed)
    {
        var run = new Run(seed, unsafeNoFsync: false);
        run.Histories();

        Assert.Equal([], run.Violations);
        Assert.True(run.Images > 1000, $"only {run.Images} images");
        Assert.True(run.Torn > 20, $"only {run.Torn} torn ends among {run.Images} images");
        Assert.True(run.Shorter > 20, $"only {run.Shorter} images without the unacknowledged batch");
    }

    [Fact]
    public void WithoutSyncTheSameCheckFindsLosses()
    {
        var run = new Run(5, unsafeNoFsync: true);
        run.Histories();

        Assert.True(run.Violations.Count > 50, $"only {run.Violations.Count} losses found among {run.Images} images");
    }

    private sealed class Run(int seed, bool unsafeNoFsync)
    {
        private readonly Random _random = new(seed);
        private readonly List<Entry> _acknowledged = [];
        private Entry[] _inFlight = [];
        private HardState _state;
        private HardState _stateInFlight;
        private bool _created;

        public List<string> Violations { get; } = [];

        public int Images { get; private set; }

        public int Torn { get; private set; }

        public int Shorter { get; private set; }

        public void Histories()
        {
            for (var history = 0; history < HistoriesPerSeed && Violations.Count < 100; history++)
            {
                History();
            }
        }

        private WalOptions Options() =>
            new()
            {
                Clock = SystemClock.Instance,
                SegmentBytes = 8192,
                PrepareSegmentsAhead = false,
                UnsafeNoFsync = unsafeNoFsync,
            };

        private void History()
        {
            var disk = new PowerLossDisk();
            disk.CreateDirectory("/member");
            disk.Changing = () =>
            {
                if (_random.Next(3) == 0)
                {
                    Check(disk.Image(_random));
                }
            };
            _acknowledged.Clear();
            (_state, _stateInFlight, _inFlight, _created) = (default, default, [], false);
            using var log = WriteAheadLog.Create(disk, Folder, TestLog.Metadata, Options());
            _created = true;
            for (var batch = 0; batch < 30; batch++)
            {
                NextBatch();
                log.Save(_stateInFlight, _inFlight);
                Acknowledge();
            }

            disk.Changing = () => { };
        }

        /// <summary>Mostly new entries; now and then a new leader replaces some, or only the commit index moves.</summary>
        private void NextBatch()
        {
            var term = Math.Max(1, _state.Term);
            var first = (ulong)_acknowledged.Count + 1;
            if (_random.Next(6) == 0 && first > 3)
            {
                term++;
                first -= (ulong)_random.Next(1, 3);
            }

            _inFlight =
                _random.Next(5) == 0 && term == _state.Term
                    ? []
                    : [.. Enumerable.Range(0, _random.Next(1, 5)).Select(i => EntryAt(first + (ulong)i, term))];
            _stateInFlight = new HardState(term, term, Math.Max(_state.Commit, first / 2));
        }

        private Entry EntryAt(ulong index, ulong term)
        {
            var data = new byte[_random.Next(10) == 0 ? _random.Next(4000) : _random.Next(200)];
            if (_random.Next(8) > 0)
            {
                _random.NextBytes(data);
            }

            return new Entry(EntryType.Normal, term, index, data);
        }

        private void Acknowledge()
        {
            Append(_acknowledged, _inFlight);
            _inFlight = [];
            _state = _stateInFlight;
        }

        private static void Append(List<Entry> log, ReadOnlySpan<Entry> batch)
        {
            if (batch.Length > 0)
            {
                var kept = (int)batch[0].Index - 1;
                log.RemoveRange(kept, log.Count - kept);
                log.AddRange(batch);
            }
        }

        private void Check(PowerLossDisk image)
        {
            Images++;
            try
            {
                var opened = WriteAheadLog.Open(image, Folder, TestLog.Beginning, Options());
                Judge(opened.Contents);
                CheckWritable(image, opened);
            }
            catch (WalException refusal) when (refusal.Fault == WalFault.NotFound && !_created)
            {
                // The log did not have its name yet.
            }
            catch (WalException refusal)
            {
                Violations.Add($"image {Images} of seed {seed} is refused: {refusal.Message}");
            }
        }

        private void Judge(WalContents contents)
        {
            Torn += contents.TornTail ? 1 : 0;
            if (!contents.Metadata.AsSpan().SequenceEqual(TestLog.Metadata))
            {
                Violations.Add($"image {Images} of seed {seed} has lost the metadata");
            }

            var match = -1;
            for (var landed = _inFlight.Length; landed >= 0 && match < 0; landed--)
            {
                var possible = new List<Entry>(_acknowledged);
                Append(possible, _inFlight.AsSpan(0, landed));
                match = possible.SequenceEqual(contents.Entries) ? landed : -1;
            }

            Shorter += match < _inFlight.Length ? 1 : 0;
            if (match < 0)
            {
                Violations.Add(
                    $"image {Images} of seed {seed} has {contents.Entries.Count} entries, {_acknowledged.Count} were acknowledged"
                );
            }

            var found = contents.State;
            if (
                (found.Term, found.Vote) != (_state.Term, _state.Vote)
                && (found.Term, found.Vote) != (_stateInFlight.Term, _stateInFlight.Vote)
            )
            {
                Violations.Add($"image {Images} of seed {seed} has {found}, acknowledged was {_state}");
            }
        }

        private void CheckWritable(PowerLossDisk image, OpenedWal opened)
        {
            var next = new Entry(EntryType.Normal, 1000, (ulong)opened.Contents.Entries.Count + 1, new byte[] { 1 });
            opened.Log.Save(new HardState(1000, 1, 0), [next]);
            opened.Log.Dispose();
            var again = WalReading.ReadAll(image, Folder, TestLog.Beginning);
            if (!again.Entries.SequenceEqual([.. opened.Contents.Entries, next]) || again.State.Term != 1000)
            {
                Violations.Add($"image {Images} of seed {seed} cannot be written on");
            }
        }
    }
}
