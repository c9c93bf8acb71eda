using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>As <see cref="OnEachAttribute"/>, and without a connection too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEachWayAttribute : DataAttribute
{
    public override bool SupportsDiscoveryEnumeration() => true;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        ITheoryDataRow[] rows =
        [
            new TheoryDataRow(Way.Real) { Skip = Programs.RealEtcd is null ? Programs.HowToGetRealEtcd : null },
            new TheoryDataRow(Way.Ours) { Skip = File.Exists(Programs.OurEtcd) ? null : "src/etcd is not built" },
            new TheoryDataRow(Way.InProcess),
        ];
        return new(rows);
    }
}
