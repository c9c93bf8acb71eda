// Proposals per second through members in memory, and bytes allocated per proposal: the cost of consensus alone, without
// disk, network and store. Every run is bounded by a number of proposals, a few seconds in all.
using System.Diagnostics;
using EtcdSharp.Bench.Raft;

const int WarmUpProposals = 100_000;
const int Proposals = 2_000_000;

Console.WriteLine($"{"members", 7} {"batch", 6} {"proposals/s", 12} {"ns/proposal", 12} {"bytes/proposal", 15}");
foreach (var members in new[] { 1, 3 })
{
    foreach (var batch in new[] { 1, 16, 128 })
    {
        var cluster = new MemoryCluster(members);
        cluster.Propose(WarmUpProposals, batch);

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        cluster.Propose(Proposals, batch);
        watch.Stop();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var perSecond = Proposals / watch.Elapsed.TotalSeconds;
        Console.WriteLine(
            $"{members, 7} {batch, 6} {perSecond, 12:N0} {1e9 / perSecond, 12:N0} {(double)allocated / Proposals, 15:N1}"
        );
    }
}
