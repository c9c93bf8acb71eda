using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>One field per line, for scripts.</summary>
internal sealed partial class FieldsPrinter(bool hex, ProgramStreams streams) : Printer("fields", streams)
{
    public override void Get(RangeResponse response)
    {
        PrintHeader(response.Header);
        foreach (var pair in response.Kvs)
        {
            Print("", pair);
        }

        Print("More", response.More);
        Print("Count", response.Count);
    }

    public override void Put(PutResponse response)
    {
        PrintHeader(response.Header);
        if (response.PrevKv is not null)
        {
            Print("Prev", response.PrevKv);
        }
    }

    public override void Delete(DeleteRangeResponse response)
    {
        PrintHeader(response.Header);
        Print("Deleted", response.Deleted);
        foreach (var pair in response.PrevKvs)
        {
            Print("Prev", pair);
        }
    }

    public override void Transaction(TxnResponse response)
    {
        PrintHeader(response.Header);
        Print("Succeeded", response.Succeeded);
        foreach (var step in response.Responses)
        {
            switch (step.ResponseCase)
            {
                case ResponseOp.ResponseOneofCase.ResponseRange:
                    Get(step.ResponseRange);
                    break;
                case ResponseOp.ResponseOneofCase.ResponsePut:
                    Put(step.ResponsePut);
                    break;
                case ResponseOp.ResponseOneofCase.ResponseDeleteRange:
                    Delete(step.ResponseDeleteRange);
                    break;
                default:
                    PrintQuoted("Unknown", step.ToString());
                    break;
            }
        }
    }

    public override void Watch(WatchResponse response)
    {
        PrintHeader(response.Header);
        foreach (var one in response.Events)
        {
            Print("Type", ApiNames.Of(one.Type));
            if (one.PrevKv is not null)
            {
                Print("Prev", one.PrevKv);
            }

            Print("", one.Kv);
        }
    }

    private void PrintHeader(ResponseHeader? header)
    {
        header ??= new ResponseHeader();
        PrintId("ClusterID", header.ClusterId);
        PrintId("MemberID", header.MemberId);
        if (header.Revision > 0)
        {
            Print("Revision", header.Revision);
        }

        Print("RaftTerm", header.RaftTerm);
    }

    private void Print(string prefix, KeyValue? pair)
    {
        pair ??= new KeyValue();
        PrintQuoted($"{prefix}Key", pair.Key.Span);
        Print($"{prefix}CreateRevision", pair.CreateRevision);
        Print($"{prefix}ModRevision", pair.ModRevision);
        Print($"{prefix}Version", pair.Version);
        PrintQuoted($"{prefix}Value", pair.Value.Span);
        PrintLease($"{prefix}Lease", pair.Lease);
    }

    private void PrintQuoted(string name, ReadOnlySpan<byte> value) => Print(name, GoQuote.Of(value));

    private void PrintQuoted(string name, string value) => Print(name, GoQuote.Of(value));

    private void PrintId(string name, ulong id) => Print(name, hex ? $"{id:x}" : $"{id}");

    private void PrintLease(string name, long id) => Print(name, hex ? $"{id:x16}" : $"{id}");

    private void Print(string name, bool value) => Print(name, value ? "true" : "false");

    private void Print(string name, long value) => Print(name, $"{value}");

    private void Print(string name, ulong value) => Print(name, $"{value}");

    private void Print(string name, string value) => Out.WriteLine($"\"{name}\" : {value}");
}
