using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>Random transactions against sorted dictionaries, with readers held open and the file opened again in between.</summary>
public sealed class BoltPropertyTests
{
    private const string Path = "/data/db";

    [Theory]
    [InlineData(4096, false)]
    [InlineData(4096, true)]
    [InlineData(1024, false)]
    [InlineData(1024, true)]
    [InlineData(16384, false)]
    public void A_file_holds_what_its_transactions_put_there(int pageSize, bool syncFreelist)
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            Run(seed, pageSize, syncFreelist);
        }
    }

    private static void Run(ulong seed, int pageSize, bool syncFreelist)
    {
        var random = new SeededRandom((seed * 1000) + (ulong)pageSize + (syncFreelist ? 1UL : 0));
        var disk = new MemoryDisk();
        disk.CreateDirectory("/data");
        var options = new BoltOptions
        {
            PageSize = pageSize,
            SyncFreelist = syncFreelist,
            InitialMapBytes = 0,
            GrowthBytes = random.Next(2) * 65536,
        };
        var changes = new RandomTransactions(random);
        var model = new BoltModel();
        var readers = new List<(BoltReadTransaction Read, BoltModel Model)>();
        BoltFile file = BoltFile.Open(disk, Path, options);
        for (int step = 0; step < 60; step++)
        {
            BoltModel next = model.Clone();
            using (BoltWriteTransaction transaction = file.BeginWrite())
            {
                changes.Change(transaction, next);
                if (random.Next(6) > 0)
                {
                    transaction.Commit();
                    model = next;
                }
            }

            if (random.Next(3) == 0)
            {
                readers.Add((file.BeginRead(), model));
            }

            if (readers.Count > 0 && random.Next(4) == 0)
            {
                EndOne(readers, random);
            }

            Assert.Empty(file.Check());
            if (random.Next(10) == 0)
            {
                file.Dispose();
                while (readers.Count > 0)
                {
                    EndOne(readers, random);
                }

                file = BoltFile.Open(disk, Path, options);
                Assert.Empty(file.Check());
                using BoltReadTransaction read = file.BeginRead();
                model.AssertEqual(read, random);
            }
        }

        file.Dispose();
        while (readers.Count > 0)
        {
            EndOne(readers, random);
        }

        using BoltFile last = BoltFile.Open(disk, Path, options with { ReadOnly = true });
        using BoltReadTransaction final = last.BeginRead();
        Assert.Empty(final.Check());
        model.AssertEqual(final, random);
    }

    private static void EndOne(List<(BoltReadTransaction Read, BoltModel Model)> readers, SeededRandom random)
    {
        int index = random.Next(readers.Count);
        (BoltReadTransaction read, BoltModel expected) = readers[index];
        readers.RemoveAt(index);
        expected.AssertEqual(read, random);
        Assert.Empty(read.Check());
        read.Dispose();
    }
}
