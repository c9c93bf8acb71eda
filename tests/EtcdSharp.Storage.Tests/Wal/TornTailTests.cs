using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Wal;

/// <summary>A log whose last record was not written to its end, and logs that are damaged elsewhere.</summary>
public sealed class TornTailTests : IDisposable
{
    private const int GoodEntries = 10;
    private readonly ScratchFolder _scratch = new();
    private readonly string _folder;
    private readonly string _segment;
    private readonly byte[] _good;
    private readonly (int Offset, int Length) _last;

    public TornTailTests()
    {
        _folder = _scratch.In("wal");
        using (var log = TestLog.Create(_folder))
        {
            log.Save(new HardState(1, 1, 0), TestLog.Entries(1, GoodEntries));
            log.Save(default, TestLog.Entries(GoodEntries + 1, 1, dataBytes: 1200));
        }

        _segment = Assert.Single(TestLog.Segments(_folder));
        _good = File.ReadAllBytes(_segment);
        _last = TestLog.Frames(_good)[^1];
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void FileThatEndsAtAnyByteOfTheLastRecordIsMended()
    {
        for (var kept = 0; kept < _last.Length; kept++)
        {
            File.WriteAllBytes(_segment, _good[..(_last.Offset + kept)]);

            OpenAndAppend(torn: kept > 0);

            if (kept > 0)
            {
                Assert.Equal(_good[..(_last.Offset + kept)], File.ReadAllBytes(_segment + ".broken"));
            }
        }
    }

    [Fact]
    public void AnyUnwrittenSectorOfTheLastRecordIsMended()
    {
        var first = _last.Offset / 512;
        var last = (_last.Offset + _last.Length - 1) / 512;
        for (var lost = 1; lost < 1 << (last - first + 1); lost++)
        {
            var image = (byte[])_good.Clone();
            for (var sector = first; sector <= last; sector++)
            {
                if ((lost >> (sector - first) & 1) != 0)
                {
                    var from = Math.Max(sector * 512, _last.Offset);
                    image.AsSpan(from, Math.Min((sector + 1) * 512, image.Length) - from).Clear();
                }
            }

            File.WriteAllBytes(_segment, image);

            // Without its length field the record is not seen at all, and what is left of it is wiped.
            OpenAndAppend(torn: (lost & 1) == 0);
        }
    }

    [Fact]
    public void ZerosFromAnyByteOnNeverYieldAWrongEntry()
    {
        for (var kept = 0; kept < _last.Length; kept++)
        {
            var image = (byte[])_good.Clone();
            image.AsSpan(_last.Offset + kept).Clear();
            File.WriteAllBytes(_segment, image);
            try
            {
                OpenAndAppend(torn: null);
            }
            catch (WalException refusal)
            {
                Assert.Equal((_last.Offset, _segment), (refusal.Offset, refusal.Path));
            }
        }
    }

    [Fact]
    public void ByteFlippedInAnyEarlierRecordIsRefusedWithFileAndOffset()
    {
        foreach (var (offset, length) in TestLog.Frames(_good)[..^1])
        {
            for (var position = offset; position < offset + length; position++)
            {
                var image = (byte[])_good.Clone();
                image[position] ^= 0x10;
                File.WriteAllBytes(_segment, image);
                var refusal = Record.Exception(() => TestLog.Open(_folder).Log.Dispose());
                if (refusal is null)
                {
                    // Padding carries no meaning, and a record's own fields of unknown numbers are skipped.
                    continue;
                }

                var named = Assert.IsType<WalException>(refusal);
                Assert.Equal(_segment, named.Path);
                Assert.InRange(named.Offset, offset, _last.Offset);
                Assert.Contains(_segment, named.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void WrongChecksumNamesTheKindOfRecord()
    {
        var frames = TestLog.Frames(_good);
        var image = (byte[])_good.Clone();
        image[frames[5].Offset + frames[5].Length - 12] ^= 1;
        File.WriteAllBytes(_segment, image);

        var refusal = Assert.Throws<WalException>(() => TestLog.Open(_folder));

        Assert.Equal(
            (WalFault.ChecksumMismatch, frames[5].Offset, WalRecordKind.Entry),
            (refusal.Fault, refusal.Offset, refusal.RecordKind)
        );
        Assert.Contains("record Entry", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(image, File.ReadAllBytes(_segment));
        Assert.False(File.Exists(_segment + ".broken"));
    }

    [Fact]
    public void TornRecordInASegmentThatIsNotTheLastIsRefused()
    {
        using (var log = TestLog.Open(_folder).Log)
        {
            log.Save(new HardState(1, 1, 0), TestLog.Entries(GoodEntries + 2, 200));
            log.Save(new HardState(1, 1, 0), TestLog.Entries(GoodEntries + 202, 1));
        }

        Assert.Equal(2, TestLog.Segments(_folder).Length);
        var whole = File.ReadAllBytes(_segment);
        File.WriteAllBytes(_segment, whole[..^50]);

        Assert.Equal(WalFault.Malformed, Assert.Throws<WalException>(() => TestLog.Open(_folder)).Fault);
    }

    [Fact]
    public void RemainsBehindTheEndAreWipedSoThatNewRecordsDoNotRunIntoThem()
    {
        var image = (byte[])_good.Clone();
        image.AsSpan(_last.Offset, 512 - _last.Offset % 512).Clear();
        File.WriteAllBytes(_segment, image);

        TestLog.Open(_folder).Log.Dispose();

        var cleaned = File.ReadAllBytes(_segment);
        Assert.Equal(TestLog.SmallSegmentBytes, cleaned.Length);
        Assert.All(cleaned[_last.Offset..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void ToolsReadUpToTheTornRecordAndChangeNothing()
    {
        var image = _good[..(_last.Offset + 100)];
        File.WriteAllBytes(_segment, image);

        var contents = WalReading.ReadAll(SystemDisk.Instance, _folder, TestLog.Beginning);

        Assert.True(contents.TornTail);
        Assert.Equal(TestLog.Entries(1, GoodEntries), contents.Entries);
        Assert.Equal(image, File.ReadAllBytes(_segment));
    }

    private void OpenAndAppend(bool? torn)
    {
        var opened = TestLog.Open(_folder);
        using (opened.Log)
        {
            if (torn is not null)
            {
                Assert.Equal(torn, opened.Contents.TornTail);
            }

            if (opened.Contents.Entries.Count > GoodEntries)
            {
                // Only padding was missing.
                Assert.Equal(TestLog.Entries(GoodEntries + 1, 1, dataBytes: 1200), opened.Contents.Entries[GoodEntries..]);
                return;
            }

            Assert.Equal(TestLog.Entries(1, GoodEntries), opened.Contents.Entries);
            opened.Log.Save(new HardState(2, 1, 0), TestLog.Entries(GoodEntries + 1, 1, term: 2));
        }

        var again = WalReading.ReadAll(SystemDisk.Instance, _folder, TestLog.Beginning);
        Assert.Equal([.. TestLog.Entries(1, GoodEntries), TestLog.Entry(GoodEntries + 1, 2)], again.Entries);
    }
}
