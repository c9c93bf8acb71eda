using EtcdSharp.Compare.Scenarios;

namespace EtcdSharp.Compare;

internal static class ScenarioList
{
    private const long Keys = 10_000;

    /// <summary>Those with a figure that must keep to a limit: what a run does unless told otherwise.</summary>
    public static IReadOnlyList<Scenario> Limited { get; } =
    [
        Load("put-100", "put 256 B, 100 clients", 0, "put", 100, 1),
        Load("put-1000", "put 256 B, 1000 clients", 0, "put", 1000, 100),
        Load("range", "linearizable range of 1 key, 100 clients", Keys, "range", 100, 10),
        Load("range-serializable", "serializable range of 1 key, 100 clients", Keys, "range", 100, 10, "--serializable"),
        Load("range-1000", "range of 1000 keys, 20 clients", Keys, "range", 20, 10, "--range-size", "1000"),
        Load(
            "watch",
            "one writer, 1000 watchers on 100 streams: events",
            0,
            "watch",
            1,
            10,
            "--watchers",
            "1000",
            "--streams",
            "100"
        ),
        new IdleScenario(),
        new LargeStoreScenario(),
        new SlowDiskScenario(),
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. Limited,
        Load("txn", "txn with compare, put and range, 100 clients", Keys, "txn", 100, 10),
        Load("mixed", "90 % range, 10 % put, 100 clients", Keys, "mixed", 100, 10),
        Load("keepalive", "lease keepalive, 100 clients", 0, "lease", 100, 10, "--keepalive"),
        new LeaderChangeScenario(),
    ];

    private static LoadScenario Load(
        string name,
        string title,
        long preloadedKeys,
        string kind,
        int clients,
        int connections,
        params string[] arguments
    ) => new(name, title, preloadedKeys, kind, clients, connections, arguments);
}
