using EtcdSharp.CommandLine;
using Google.Protobuf;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>JSON as etcdctl writes it, which is not that of etcd's gateway: numbers are numbers, names are those of the API.</summary>
internal sealed partial class JsonPrinter(bool hex, ProgramStreams streams) : RpcPrinter("json", streams)
{
    protected override void Print(IMessage message) => PrintLine(MessageJson.Of(message, hex));

    private void PrintLine(string json) => Out.WriteLine(json);
}
