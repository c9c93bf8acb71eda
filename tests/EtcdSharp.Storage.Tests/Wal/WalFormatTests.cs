using System.Text;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using Google.Protobuf;
using Proto = EtcdSharp.Api;

namespace EtcdSharp.Storage.Wal;

/// <summary>The bytes of the log, judged by the generated messages and by a plain checksum.</summary>
public sealed class WalFormatTests
{
    [Theory]
    [InlineData(1, 0x87)]
    [InlineData(7, 0x81)]
    [InlineData(8, 0x00)]
    [InlineData(13, 0x83)]
    public void HeaderCarriesThePaddingInItsTopByte(int recordBytes, int topByte)
    {
        var header = WalFrame.EncodeHeader(recordBytes);

        Assert.Equal((ulong)topByte, header >> 56);
        Assert.True(WalFrame.TryDecodeHeader(header, out var decoded, out var padding));
        Assert.Equal(recordBytes, decoded);
        Assert.Equal(0, (recordBytes + padding) % 8);
    }

    [Theory]
    [InlineData(0x8000000000000008UL)]
    [InlineData(0x0000000000000007UL)]
    [InlineData(0x8200000000000007UL)]
    [InlineData(0x0100000000000007UL)]
    [InlineData(ulong.MaxValue)]
    public void HeaderThatNoWriterProducesIsRefused(ulong header) => Assert.False(WalFrame.TryDecodeHeader(header, out _, out _));

    [Fact]
    public void ChecksumIsCrc32CAndChains()
    {
        var check = Encoding.ASCII.GetBytes("123456789");

        Assert.Equal(0xE3069283u, Crc32C.Append(0, check));
        for (var split = 0; split <= check.Length; split++)
        {
            Assert.Equal(0xE3069283u, Crc32C.Append(Crc32C.Append(0, check.AsSpan(0, split)), check.AsSpan(split)));
        }
    }

    [Theory]
    [InlineData("0000000000000000-0000000000000000.wal", true)]
    [InlineData("000000000000000a-00000000000000ff.wal", true)]
    [InlineData("0.tmp", false)]
    [InlineData("0000000000000000-0000000000000000.wal.broken", false)]
    [InlineData("000000000000000g-0000000000000000.wal", false)]
    [InlineData("0000000000000000_0000000000000000.wal", false)]
    public void SegmentNames(string name, bool valid)
    {
        Assert.Equal(valid, WalSegmentName.TryParse(name, out var parsed));
        if (valid)
        {
            Assert.Equal(name, parsed.ToString());
        }
    }

    [Fact]
    public void EveryRecordIsTheGeneratedMessageWithTheChainedChecksum()
    {
        using var scratch = new ScratchFolder();
        var directory = scratch.In("wal");
        var confState = new ConfState { Voters = [1, 2, 3], Learners = [4] };
        using (var log = TestLog.Create(directory))
        {
            log.Save(new HardState(1, 2, 0), TestLog.Entries(1, 3));
            log.Save(new HardState(1, 2, 3), TestLog.Entries(4, 40, dataBytes: 1));
            log.SaveSnapshot(new WalSnapshotMark(3, 1, confState));
        }

        var records = Decode(File.ReadAllBytes(Assert.Single(TestLog.Segments(directory))));

        Assert.Equal([4L, 1, 5, 2, 2, 2, 3], records.Take(7).Select(record => record.Type));
        Assert.Equal(TestLog.Metadata, records[1].Data.ToByteArray());
        Assert.Equal(new Proto.Walpb.Snapshot { Index = 0, Term = 0 }, Proto.Walpb.Snapshot.Parser.ParseFrom(records[2].Data));
        var entry = Proto.Raftpb.Entry.Parser.ParseFrom(records[3].Data);
        Assert.Equal((1UL, 1UL, Proto.Raftpb.EntryType.EntryNormal), (entry.Index, entry.Term, entry.Type));
        Assert.Equal(TestLog.Entry(1).Data.ToArray(), entry.Data.ToByteArray());
        Assert.Equal(
            new Proto.Raftpb.HardState
            {
                Term = 1,
                Vote = 2,
                Commit = 0,
            },
            Proto.Raftpb.HardState.Parser.ParseFrom(records[6].Data)
        );
        var mark = Proto.Walpb.Snapshot.Parser.ParseFrom(records[^1].Data);
        Assert.Equal((3UL, 1UL), (mark.Index, mark.Term));
        Assert.Equal([1UL, 2, 3], mark.ConfState.Voters);
        Assert.Equal([4UL], mark.ConfState.Learners);
    }

    [Fact]
    public void SegmentHasItsWholeSizeFromTheBeginningAndIsReadableByItsOwnerAlone()
    {
        using var scratch = new ScratchFolder();
        using var log = WriteAheadLog.Create(
            SystemDisk.Instance,
            scratch.In("wal"),
            TestLog.Metadata,
            new WalOptions { Clock = SystemClock.Instance }
        );

        var segment = Assert.Single(TestLog.Segments(scratch.In("wal")));

        Assert.Equal(64_000_000, new FileInfo(segment).Length);
        Assert.Equal("0000000000000000-0000000000000000.wal", Path.GetFileName(segment));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(segment));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(scratch.In("wal"))
            );
        }
    }

    /// <summary>Frames as the generated message re-encodes them, with a checksum computed byte by byte beside them.</summary>
    private static List<Proto.Walpb.Record> Decode(byte[] segment)
    {
        var records = new List<Proto.Walpb.Record>();
        var crc = 0u;
        foreach (var (offset, length) in TestLog.Frames(segment))
        {
            var header = BitConverter.ToUInt64(segment, offset);
            var bytes = segment.AsSpan(offset + 8, (int)(header & 0xFFFFFFFFFFFFFF));
            var record = Proto.Walpb.Record.Parser.ParseFrom(bytes);
            Assert.Equal(record.ToByteArray(), bytes.ToArray());
            Assert.All(segment[(offset + 8 + bytes.Length)..(offset + length)], padding => Assert.Equal(0, padding));
            if (record.Type == 4)
            {
                Assert.Equal(crc, record.Crc);
            }
            else
            {
                crc = SlowCrc(crc, record.Data.Span);
                Assert.Equal(crc, record.Crc);
            }

            records.Add(record);
        }

        return records;
    }

    private static uint SlowCrc(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
