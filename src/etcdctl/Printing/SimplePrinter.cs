using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>The format for people and shell scripts.</summary>
internal sealed partial class SimplePrinter(bool hex, ProgramStreams streams) : Printer("simple", streams)
{
    /// <summary>Leaves the keys out.</summary>
    public bool ValuesOnly { get; set; }

    public override void Get(RangeResponse response)
    {
        foreach (var pair in response.Kvs)
        {
            Print(pair);
        }
    }

    public override void Put(PutResponse response)
    {
        Out.WriteLine("OK"u8);
        if (response.PrevKv is not null)
        {
            Print(response.PrevKv);
        }
    }

    public override void Delete(DeleteRangeResponse response)
    {
        Out.WriteLine($"{response.Deleted}");
        foreach (var pair in response.PrevKvs)
        {
            Print(pair);
        }
    }

    public override void Transaction(TxnResponse response)
    {
        Out.WriteLine(response.Succeeded ? "SUCCESS"u8 : "FAILURE"u8);
        foreach (var step in response.Responses)
        {
            Out.WriteLine();
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
                    Out.WriteLine($"unexpected response {step}");
                    break;
            }
        }
    }

    public override void Watch(WatchResponse response)
    {
        foreach (var one in response.Events)
        {
            Out.WriteLine(ApiNames.Of(one.Type));
            if (one.PrevKv is not null)
            {
                Print(one.PrevKv);
            }

            Print(one.Kv);
        }
    }

    private void Print(KeyValue? pair)
    {
        if (!ValuesOnly)
        {
            PrintBytes(pair is null ? [] : pair.Key.Span);
        }

        PrintBytes(pair is null ? [] : pair.Value.Span);
    }

    private void PrintBytes(ReadOnlySpan<byte> bytes)
    {
        if (!hex)
        {
            Out.WriteLine(bytes);
            return;
        }

        foreach (var one in bytes)
        {
            Out.Write($"\\x{one:x2}");
        }

        Out.WriteLine();
    }
}
