using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Members and endpoints as rows, which the table and the simple format share.</summary>
internal sealed class Rows
{
    private readonly string[] headings;
    private readonly List<string[]> cells = [];

    private Rows(params string[] headings) => this.headings = headings;

    public static Rows OfMembers(MemberListResponse response)
    {
        var rows = new Rows("ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner");
        foreach (var member in response.Members)
        {
            rows.Add(
                Hex(member.ID),
                member.Name.Length == 0 ? "unstarted" : "started",
                member.Name,
                string.Join(',', member.PeerURLs),
                string.Join(',', member.ClientURLs),
                Text(member.IsLearner)
            );
        }

        return rows;
    }

    public static Rows OfHealth(IReadOnlyList<EndpointHealth> endpoints)
    {
        var rows = new Rows("endpoint", "health", "took", "error");
        foreach (var one in endpoints)
        {
            rows.Add(one.Endpoint, Text(one.Healthy), one.Took, one.Error);
        }

        return rows;
    }

    public static Rows OfStatus(IReadOnlyList<EndpointStatus> endpoints)
    {
        var rows = new Rows(
            "endpoint",
            "ID",
            "version",
            "storage version",
            "db size",
            "in use",
            "percentage not in use",
            "quota",
            "is leader",
            "is learner",
            "raft term",
            "raft index",
            "raft applied index",
            "errors",
            "downgrade target version",
            "downgrade enabled"
        );
        foreach (var (endpoint, status) in endpoints)
        {
            rows.Add(
                endpoint,
                Hex(status.Header.MemberId),
                status.Version,
                status.StorageVersion,
                HumanSize.Of(status.DbSize),
                HumanSize.Of(status.DbSizeInUse),
                $"{NotInUsePercent(status)}%",
                HumanSize.Of(status.DbSizeQuota),
                Text(status.Leader == status.Header.MemberId),
                Text(status.IsLearner),
                Text(status.RaftTerm),
                Text(status.RaftIndex),
                Text(status.RaftAppliedIndex),
                string.Join(", ", status.Errors),
                status.DowngradeInfo?.TargetVersion ?? "",
                Text(status.DowngradeInfo?.Enabled ?? false)
            );
        }

        return rows;
    }

    public static Rows OfHashes(IReadOnlyList<EndpointHash> endpoints)
    {
        var rows = new Rows("endpoint", "hash", "hash_revision");
        foreach (var (endpoint, hash) in endpoints)
        {
            rows.Add(endpoint, Text(hash.Hash), hash.HashRevision.ToString(CultureInfo.InvariantCulture));
        }

        return rows;
    }

    public IEnumerable<string> Lines() => cells.Select(static row => string.Join(", ", row));

    public string ToTable()
    {
        var table = new TextTable(headings);
        foreach (var row in cells)
        {
            table.Add(row);
        }

        return table.ToString();
    }

    private void Add(params string[] row) => cells.Add(row);

    private static long NotInUsePercent(StatusResponse status) =>
        status.DbSize == 0 ? 0 : 100 - (status.DbSizeInUse * 100 / status.DbSize);

    private static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";
}
