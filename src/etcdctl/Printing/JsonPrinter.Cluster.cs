using System.Globalization;
using System.Text;
using EtcdSharp.Api;
using Google.Protobuf.Collections;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Members, whose ids may be asked for as hexadecimal text, and endpoints.</summary>
internal sealed partial class JsonPrinter
{
    public override void MemberAdd(MemberAddResponse response)
    {
        if (!hex)
        {
            Print(response);
            return;
        }

        var json = StartHex(response.Header).Append(",\"member\":");
        AppendHex(json, response.Member);
        PrintLine(EndHex(json, response.Members));
    }

    public override void MemberRemove(ulong id, MemberRemoveResponse response) =>
        PrintLine(hex ? EndHex(StartHex(response.Header), response.Members) : MessageJson.Of(response));

    public override void MemberUpdate(ulong id, MemberUpdateResponse response) =>
        PrintLine(hex ? EndHex(StartHex(response.Header), response.Members) : MessageJson.Of(response));

    public override void MemberPromote(ulong id, MemberPromoteResponse response) =>
        PrintLine(hex ? EndHex(StartHex(response.Header), response.Members) : MessageJson.Of(response));

    public override void MemberList(MemberListResponse response) =>
        PrintLine(hex ? EndHex(StartHex(response.Header), response.Members) : MessageJson.Of(response));

    public override void EndpointHealth(IReadOnlyList<EndpointHealth> endpoints)
    {
        var json = new StringBuilder();
        AppendList(
            json,
            endpoints,
            static (to, one) =>
            {
                MessageJson.AppendString(to.Append("{\"endpoint\":"), one.Endpoint);
                to.Append(",\"health\":").Append(one.Healthy ? "true" : "false");
                MessageJson.AppendString(to.Append(",\"took\":"), one.Took);
                if (one.Error.Length > 0)
                {
                    MessageJson.AppendString(to.Append(",\"error\":"), one.Error);
                }

                to.Append('}');
            }
        );
        PrintLine(json);
    }

    public override void EndpointStatus(IReadOnlyList<EndpointStatus> endpoints)
    {
        var json = new StringBuilder();
        AppendList(
            json,
            endpoints,
            static (to, one) =>
            {
                MessageJson.AppendString(to.Append("{\"Endpoint\":"), one.Endpoint);
                MessageJson.Append(to.Append(",\"Status\":"), one.Status);
                to.Append('}');
            }
        );
        PrintLine(json);
    }

    public override void EndpointHash(IReadOnlyList<EndpointHash> endpoints)
    {
        var json = new StringBuilder();
        AppendList(
            json,
            endpoints,
            static (to, one) =>
            {
                MessageJson.AppendString(to.Append("{\"Endpoint\":"), one.Endpoint);
                MessageJson.Append(to.Append(",\"HashKV\":"), one.Hash);
                to.Append('}');
            }
        );
        PrintLine(json);
    }

    private static StringBuilder StartHex(ResponseHeader header)
    {
        var json = new StringBuilder();
        json.Append(
            CultureInfo.InvariantCulture,
            $"{{\"header\":{{\"cluster_id\":\"{header.ClusterId:x}\",\"member_id\":\"{header.MemberId:x}\""
        );
        if (header.Revision != 0)
        {
            json.Append(CultureInfo.InvariantCulture, $",\"revision\":{header.Revision}");
        }

        if (header.RaftTerm != 0)
        {
            json.Append(CultureInfo.InvariantCulture, $",\"raft_term\":{header.RaftTerm}");
        }

        return json.Append('}');
    }

    private static StringBuilder EndHex(StringBuilder json, RepeatedField<Member> members)
    {
        json.Append(",\"members\":[");
        for (var i = 0; i < members.Count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            AppendHex(json, members[i]);
        }

        return json.Append("]}");
    }

    /// <summary>As any message, but for the id.</summary>
    private static void AppendHex(StringBuilder json, Member member)
    {
        var rest = member.Clone();
        rest.ID = 0;
        var others = MessageJson.Of(rest);
        json.Append(CultureInfo.InvariantCulture, $"{{\"ID\":\"{member.ID:x}\"{(others.Length > 2 ? "," : "")}");
        json.Append(others, 1, others.Length - 1);
    }
}
