using System.Globalization;

namespace EtcdSharp.Cluster.Faults;

/// <summary>What faults need that must be there before members start.</summary>
internal sealed class FaultTools : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsharp-faults-").FullName;
    private string? _slowSync;

    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>Null where no small disk can be made.</summary>
    public SmallDisk? SmallDisk { get; init; }

    /// <summary>Why syncs cannot be made slow here, or null.</summary>
    public string? WhyNoSlowDisk => SlowDisk.WhyNot;

    public async Task PrepareAsync()
    {
        if (WhyNoSlowDisk is null)
        {
            _slowSync = await SlowDisk.BuildAsync(_folder);
        }
    }

    /// <summary>Before a member's first start.</summary>
    public void Attach(ClusterMember member)
    {
        if (_slowSync is not null && member.Kind == ServerKind.Ours)
        {
            SetSyncDelay(member, 0);
            member.Environment["LD_PRELOAD"] = _slowSync;
            member.Environment["SLOW_SYNC_FILE"] = DelayFile(member);
        }
    }

    public void SetSyncDelay(ClusterMember member, int milliseconds) =>
        File.WriteAllText(DelayFile(member), milliseconds.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        SmallDisk?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string DelayFile(ClusterMember member) => Path.Combine(_folder, member.Name);
}
