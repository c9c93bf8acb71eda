using System.Globalization;
using System.Text;
using EtcdSharp.Api;
using EtcdSharp.CommandLine;
using Google.Protobuf;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>
/// JSON as etcdctl writes it, which is not that of etcd's gateway: numbers are numbers, names are those of the API, and what
/// is not a plain answer has a shape of its own.
/// </summary>
internal sealed partial class JsonPrinter(bool hex, ProgramStreams streams) : RpcPrinter("json", streams)
{
    public override void Watch(WatchResponse response)
    {
        var json = new StringBuilder("{\"Header\":");
        AppendHeader(json, response.Header);
        json.Append(",\"Events\":[");
        for (var i = 0; i < response.Events.Count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            MessageJson.Append(json, response.Events[i]);
        }

        json.Append(CultureInfo.InvariantCulture, $"],\"CompactRevision\":{response.CompactRevision}");
        json.Append(",\"Canceled\":").Append(response.Canceled ? "true" : "false");
        json.Append(",\"Created\":false,\"CancelReason\":");
        MessageJson.AppendString(json, response.CancelReason);
        PrintLine(json.Append('}'));
    }

    public override void Grant(LeaseGrantResponse response)
    {
        var json = StartFlat(response.Header);
        json.Append(CultureInfo.InvariantCulture, $"\"ID\":{response.ID},\"TTL\":{response.TTL},\"Error\":");
        MessageJson.AppendString(json, response.Error);
        PrintLine(json.Append('}'));
    }

    public override void KeepAlive(LeaseKeepAliveResponse response)
    {
        var json = StartFlat(response.Header);
        json.Append(CultureInfo.InvariantCulture, $"\"ID\":{response.ID},\"TTL\":{response.TTL}");
        PrintLine(json.Append('}'));
    }

    public override void TimeToLive(LeaseTimeToLiveResponse response, bool withKeys)
    {
        var json = StartFlat(response.Header);
        json.Append(
            CultureInfo.InvariantCulture,
            $"\"id\":{response.ID},\"ttl\":{response.TTL},\"granted-ttl\":{response.GrantedTTL},\"keys\":"
        );
        AppendList(json, response.Keys, static (to, key) => to.Append('"').Append(key.ToBase64()).Append('"'));
        PrintLine(json.Append('}'));
    }

    public override void Leases(LeaseLeasesResponse response)
    {
        var json = StartFlat(response.Header).Append("\"leases\":");
        json.Append('[');
        for (var i = 0; i < response.Leases.Count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            json.Append(CultureInfo.InvariantCulture, $"{{\"id\":{response.Leases[i].ID}}}");
        }

        PrintLine(json.Append("]}"));
    }

    public override void Transaction(TxnResponse response)
    {
        var json = new StringBuilder();
        AppendTransaction(json, response);
        PrintLine(json);
    }

    protected override void Print(IMessage message) => PrintLine(MessageJson.Of(message));

    private void PrintLine(StringBuilder json) => Out.WriteLine(json.ToString());

    private static void AppendHeader(StringBuilder json, ResponseHeader? header)
    {
        if (header is null)
        {
            json.Append("null");
        }
        else
        {
            MessageJson.Append(json, header);
        }
    }

    /// <summary>The fields of the header stand among those of the answer.</summary>
    private static StringBuilder StartFlat(ResponseHeader? header)
    {
        var json = header is null ? new StringBuilder("{") : MessageJson.Of(header);
        json.Length -= header is null ? 0 : 1;
        return json.Length > 1 ? json.Append(',') : json;
    }

    /// <summary>Go writes a list that was never made as null.</summary>
    private static void AppendList<T>(StringBuilder json, IReadOnlyList<T> items, Action<StringBuilder, T> append)
    {
        if (items.Count == 0)
        {
            json.Append("null");
            return;
        }

        json.Append('[');
        for (var i = 0; i < items.Count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            append(json, items[i]);
        }

        json.Append(']');
    }

    private static void AppendTransaction(StringBuilder json, TxnResponse response)
    {
        json.Append('{');
        var start = json.Length;
        if (response.Header is not null)
        {
            MessageJson.Append(json.Append("\"header\":"), response.Header);
        }

        if (response.Succeeded)
        {
            json.Append(json.Length > start ? "," : "").Append("\"succeeded\":true");
        }

        if (response.Responses.Count > 0)
        {
            json.Append(json.Length > start ? "," : "").Append("\"responses\":");
            AppendList(json, response.Responses, AppendStep);
        }

        json.Append('}');
    }

    private static void AppendStep(StringBuilder json, ResponseOp step)
    {
        json.Append("{\"Response\":{");
        switch (step.ResponseCase)
        {
            case ResponseOp.ResponseOneofCase.ResponseRange:
                MessageJson.Append(json.Append("\"response_range\":"), step.ResponseRange);
                break;
            case ResponseOp.ResponseOneofCase.ResponsePut:
                MessageJson.Append(json.Append("\"response_put\":"), step.ResponsePut);
                break;
            case ResponseOp.ResponseOneofCase.ResponseDeleteRange:
                MessageJson.Append(json.Append("\"response_delete_range\":"), step.ResponseDeleteRange);
                break;
            case ResponseOp.ResponseOneofCase.ResponseTxn:
                AppendTransaction(json.Append("\"response_txn\":"), step.ResponseTxn);
                break;
        }

        json.Append("}}");
    }
}
