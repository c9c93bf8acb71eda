using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace EtcdSharp.Conformance;

/// <summary>
/// Runs a case against every server: the kind of server is the first argument of the method, the attribute's own
/// arguments follow. With ETCDSHARP_ENDPOINT only that server is asked; ETCDSHARP_SERVERS=real or =ours asks one of the two.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public class OnEachAttribute(params object?[] arguments) : DataAttribute
{
    /// <summary>The etcd version that brought the behaviour, where the reference (3.5) does not have it yet.</summary>
    public string? Since { get; set; }

    public override bool SupportsDiscoveryEnumeration() => true;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        List<ITheoryDataRow> rows = [];
        foreach (var row in Rows(testMethod))
        {
            foreach (var kind in Kinds())
            {
                rows.Add(new TheoryDataRow([kind, .. row]) { Skip = WhyNot(kind) });
            }
        }
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(rows);
    }

    protected virtual IEnumerable<object?[]> Rows(MethodInfo method) => [arguments];

    private static IEnumerable<ServerKind> Kinds() =>
        Environment.GetEnvironmentVariable("ETCDSHARP_ENDPOINT") is { Length: > 0 }
            ? [ServerKind.Given]
            : Environment.GetEnvironmentVariable("ETCDSHARP_SERVERS") switch
            {
                "real" => [ServerKind.Real],
                "ours" => [ServerKind.Ours],
                null or "" => [ServerKind.Real, ServerKind.Ours],
                var other => throw new InvalidOperationException($"ETCDSHARP_SERVERS is real or ours, not '{other}'"),
            };

    private string? WhyNot(ServerKind kind) =>
        kind != ServerKind.Real ? null
        : Programs.RealEtcd is null ? Programs.HowToGetRealEtcd
        : Since is not null ? $"behaviour of etcd {Since}, the reference here is 3.5"
        : null;
}
