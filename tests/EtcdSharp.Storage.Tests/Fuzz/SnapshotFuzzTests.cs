using EtcdSharp.Harness;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>Real etcd's snapshot file, damaged, and what it carries.</summary>
public sealed class SnapshotFuzzTests(RealFiles files, ITestOutputHelper output)
{
    [Fact]
    public void The_snapshot_file() =>
        FuzzCases.Run(files, output, random => SnapshotEnvelope.TryDecode(FileDamage.To(files.Snapshot, random), out _) is null);

    [Fact]
    public void The_old_store_within_the_snapshot() =>
        FuzzCases.Run(
            files,
            output,
            random =>
            {
                Assert.Null(SnapshotEnvelope.TryDecode(files.Snapshot, out var snapshot));
                var membership = V2StoreDocument.TryRead(FileDamage.To(snapshot.Data.ToArray(), random), out var problem);
                Assert.Equal(membership is null, problem is not null);
                return membership is not null;
            }
        );
}
