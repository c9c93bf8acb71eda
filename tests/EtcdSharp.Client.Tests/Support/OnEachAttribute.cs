using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>Runs a test against each kind of server, which is the first argument of the method.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEachAttribute : DataAttribute
{
    public override bool SupportsDiscoveryEnumeration() => true;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        ITheoryDataRow[] rows =
        [
            new TheoryDataRow(ServerKind.Real) { Skip = Programs.RealEtcd is null ? Programs.HowToGetRealEtcd : null },
            new TheoryDataRow(ServerKind.Ours) { Skip = File.Exists(Programs.OurEtcd) ? null : "src/etcd is not built" },
        ];
        return new(rows);
    }
}
