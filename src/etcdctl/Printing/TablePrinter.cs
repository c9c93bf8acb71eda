using EtcdSharp.Api;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Tables, of members and endpoints alone.</summary>
internal sealed class TablePrinter(ProgramStreams streams) : Printer("table", streams)
{
    public override void MemberList(MemberListResponse response) => Print(Rows.OfMembers(response));

    public override void EndpointHealth(IReadOnlyList<EndpointHealth> endpoints) => Print(Rows.OfHealth(endpoints));

    public override void EndpointStatus(IReadOnlyList<EndpointStatus> endpoints) => Print(Rows.OfStatus(endpoints));

    public override void EndpointHash(IReadOnlyList<EndpointHash> endpoints) => Print(Rows.OfHashes(endpoints));

    private void Print(Rows rows) => Out.Write(rows.ToTable());
}
