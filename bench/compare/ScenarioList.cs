using EtcdSharp.Compare.Scenarios;

namespace EtcdSharp.Compare;

internal static class ScenarioList
{
    private const long Keys = 10_000;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new LoadScenario("put-100", "put 256 B, 100 clients", 0, "put", "--clients", "100", "--connections", "10"),
        new LoadScenario("put-1000", "put 256 B, 1000 clients", 0, "put", "--clients", "1000", "--connections", "100"),
        new LoadScenario(
            "range",
            "linearizable range of 1 key, 100 clients",
            Keys,
            "range",
            "--clients",
            "100",
            "--connections",
            "10"
        ),
        new LoadScenario(
            "range-serializable",
            "serializable range of 1 key, 100 clients",
            Keys,
            "range",
            "--clients",
            "100",
            "--connections",
            "10",
            "--serializable"
        ),
        new LoadScenario(
            "range-1000",
            "range of 1000 keys, 20 clients",
            Keys,
            "range",
            "--clients",
            "20",
            "--connections",
            "10",
            "--range-size",
            "1000"
        ),
        new LoadScenario(
            "txn",
            "txn with compare, put and range, 100 clients",
            Keys,
            "txn",
            "--clients",
            "100",
            "--connections",
            "10"
        ),
        new LoadScenario("mixed", "90 % range, 10 % put, 100 clients", Keys, "mixed", "--clients", "100", "--connections", "10"),
        new LoadScenario(
            "watch",
            "one writer, 1000 watchers on 100 streams: events",
            0,
            "watch",
            "--clients",
            "1",
            "--connections",
            "10",
            "--watchers",
            "1000",
            "--streams",
            "100"
        ),
        new LoadScenario(
            "keepalive",
            "lease keepalive, 100 clients",
            0,
            "lease",
            "--keepalive",
            "--clients",
            "100",
            "--connections",
            "10"
        ),
        new IdleScenario(),
        new LargeStoreScenario(),
        new SlowDiskScenario(),
        new LeaderChangeScenario(),
    ];
}
