using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;

namespace EtcdSharp.Storage.Wal;

/// <summary>Damaged files are refused with file and offset, or read without the damaged end; nothing else happens.</summary>
public sealed class WalFuzzTests : IDisposable
{
    private const int Rounds = 3000;
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DamagedSegments(int seed)
    {
        var random = new Random(seed);
        var folder = _scratch.In("wal");
        using (var log = TestLog.Create(folder, segmentBytes: 4096))
        {
            for (ulong index = 1; index < 40; index += 3)
            {
                log.Save(new HardState(1, 1, index), TestLog.Entries(index, 3, dataBytes: random.Next(0, 300)));
            }
        }

        var paths = TestLog.Segments(folder);
        Assert.True(paths.Length > 1);
        var originals = Array.ConvertAll(paths, File.ReadAllBytes);
        var (refused, read) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var victim = random.Next(paths.Length);
            File.WriteAllBytes(paths[victim], Damage(random, originals[victim]));
            try
            {
                var contents = WalReading.ReadAll(SystemDisk.Instance, folder, TestLog.Beginning);
                Assert.InRange(contents.Entries.Count, 0, 42);
                read++;
            }
            catch (WalException refusal)
            {
                Assert.StartsWith(folder, refusal.Path, StringComparison.Ordinal);
                refused++;
            }

            File.WriteAllBytes(paths[victim], originals[victim]);
        }

        Assert.True(refused > Rounds / 10 && read > Rounds / 100, $"{refused} refused, {read} read");
    }

    [Fact]
    public void DamagedSnapshotFilesAndOldStores()
    {
        var random = new Random(7);
        var membership = new V2Membership(
            [new V2Member(0xabc, ["http://127.0.0.1:2380"], true, "a", ["http://127.0.0.1:2379"])],
            [3],
            "3.5.0"
        );
        var document = V2StoreDocument.Write(membership);
        var file = SnapshotEnvelope.Encode(
            new Snapshot(document, new SnapshotMetadata(new ConfState { Voters = [0xabc] }, 9, 2))
        );
        Assert.Null(SnapshotEnvelope.TryDecode(file, out _));
        var damagedButRead = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = Damage(random, file);
            if (SnapshotEnvelope.TryDecode(damaged, out _) is null && !damaged.AsSpan().SequenceEqual(file))
            {
                damagedButRead++;
            }

            var old = V2StoreDocument.TryRead(Damage(random, document), out var problem);
            Assert.True(old is null != problem is null);
            LegacyRequest.TryDecode(Damage(random, document), out _);
        }

        // Only bytes behind the envelope's own fields may differ unnoticed.
        Assert.InRange(damagedButRead, 0, Rounds / 50);
    }

    private static byte[] Damage(Random random, byte[] original)
    {
        var damaged = (byte[])original.Clone();
        switch (random.Next(4))
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return damaged;
            case 2:
                random.NextBytes(damaged.AsSpan(random.Next(damaged.Length))[..1]);
                var at = random.Next(damaged.Length);
                random.NextBytes(damaged.AsSpan(at, Math.Min(random.Next(1, 64), damaged.Length - at)));
                return damaged;
            default:
                var from = random.Next(damaged.Length);
                damaged.AsSpan(from, Math.Min(random.Next(1, 600), damaged.Length - from)).Clear();
                return damaged;
        }
    }
}
