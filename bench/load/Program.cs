using System.CommandLine;
using System.Globalization;
using EtcdSharp.Bench;
using EtcdSharp.Bench.Report;

var endpoints = new Option<string>("--endpoints")
{
    Description = "Addresses, host:port, separated by commas",
    DefaultValueFactory = _ => "127.0.0.1:2379",
};
var connections = Number("--connections", 10, "Connections, spread over the addresses");
var clients = Number("--clients", 100, "Requests in flight at any time");
var threads = Number("--threads", 1, "Threads that send and receive");
var keySize = Number("--key-size", 16, "Bytes of a key");
var valueSize = Number("--val-size", 256, "Bytes of a value");
var keySpace = new Option<long>("--key-space")
{
    Description = "How many different keys there are",
    DefaultValueFactory = _ => 100_000,
};
var sequential = new Option<bool>("--sequential") { Description = "Take the keys in turn instead of at random" };
var rate = new Option<double>("--rate") { Description = "Requests per second, 0 for as many as go" };
var duration = new Option<double>("--duration")
{
    Description = "Seconds to measure, 0 for no limit",
    DefaultValueFactory = _ => 10,
};
var total = new Option<long>("--total")
{
    Description = "Requests to send, 0 for no limit; with a total the duration is no limit unless given",
};
var warmup = new Option<double>("--warmup") { Description = "Seconds before the measuring starts" };
var serializable = new Option<bool>("--serializable") { Description = "Read what the member has, without asking the others" };
var rangeSize = Number("--range-size", 1, "Keys that one range takes in");
var watchers = Number("--watchers", 1000, "Watchers of the key that is written");
var streams = Number("--streams", 100, "Streams that the watchers are spread over");
var operations = Number("--ops", 2, "Operations of a transaction: one write, reads for the rest");
var writes = Number("--writes", 10, "Of a hundred requests of the mixed load, how many write");
var keepAlive = new Option<bool>("--keepalive") { Description = "Keep one lease per client alive instead of granting new ones" };
var json = new Option<string?>("--json") { Description = "File for the result in JSON" };
var svg = new Option<string?>("--svg") { Description = "File for a picture of the distribution" };
var quiet = new Option<bool>("--quiet") { Description = "No progress line" };

Option[] common =
[
    endpoints,
    connections,
    clients,
    threads,
    keySize,
    valueSize,
    keySpace,
    sequential,
    rate,
    duration,
    total,
    warmup,
    json,
    svg,
    quiet,
];

var root = new RootCommand("Loads an etcd server and measures how it answers.")
{
    Scenario("put", "Writes of one key each"),
    Scenario("range", "Reads of one key or of many in a row", serializable, rangeSize),
    Scenario("txn", "Transactions with a condition, a write and reads", operations),
    Scenario("watch", "Watchers of one key that is written: the time until each has the event", watchers, streams),
    Scenario("lease", "Leases granted or kept alive", keepAlive),
    Scenario("mixed", "Reads and writes", serializable, rangeSize, writes),
};
return root.Parse(args).Invoke();

Option<int> Number(string name, int value, string description) =>
    new(name) { Description = description, DefaultValueFactory = _ => value };

Command Scenario(string name, string description, params Option[] own)
{
    var command = new Command(name, description);
    foreach (var option in common.Concat(own))
    {
        command.Options.Add(option);
    }
    command.SetAction(parsed => Run(name, parsed));
    return command;
}

int Run(string name, ParseResult parsed)
{
    var count = parsed.GetValue(total);
    var explicitDuration = parsed.GetResult(duration) is { Implicit: false };
    var options = new LoadOptions
    {
        Scenario = name,
        Endpoints = [.. parsed.GetValue(endpoints)!.Split(',').Select(Endpoint)],
        Connections = parsed.GetValue(connections),
        Clients = parsed.GetValue(clients),
        Threads = name == "watch" ? 1 : Math.Min(parsed.GetValue(threads), parsed.GetValue(connections)),
        KeySize = parsed.GetValue(keySize),
        ValueSize = parsed.GetValue(valueSize),
        KeySpace = parsed.GetValue(keySpace),
        Sequential = parsed.GetValue(sequential),
        Rate = parsed.GetValue(rate),
        Duration = count > 0 && !explicitDuration ? TimeSpan.Zero : TimeSpan.FromSeconds(parsed.GetValue(duration)),
        Total = count,
        Warmup = TimeSpan.FromSeconds(parsed.GetValue(warmup)),
        Serializable = parsed.GetValue(serializable),
        RangeSize = Math.Max(1, parsed.GetValue(rangeSize)),
        Watchers = parsed.GetValue(watchers),
        Streams = parsed.GetValue(streams),
        TxnOperations = parsed.GetValue(operations),
        WritePercent = parsed.GetValue(writes),
        KeepAlive = parsed.GetValue(keepAlive),
        JsonFile = parsed.GetValue(json),
        SvgFile = parsed.GetValue(svg),
        Quiet = parsed.GetValue(quiet),
    };
    var result = LoadRun.Execute(options);
    Console.Write(result.ToText());
    if (options.JsonFile is not null)
    {
        File.WriteAllText(options.JsonFile, result.ToJson());
    }
    if (options.SvgFile is not null)
    {
        File.WriteAllText(options.SvgFile, DistributionPicture.Draw(result));
    }
    return result.Failed == 0 ? 0 : 1;
}

static (string Host, int Port) Endpoint(string address)
{
    var bare = address.StartsWith("http://", StringComparison.Ordinal) ? address["http://".Length..] : address;
    var colon = bare.LastIndexOf(':');
    return (bare[..colon], int.Parse(bare[(colon + 1)..].TrimEnd('/'), CultureInfo.InvariantCulture));
}
