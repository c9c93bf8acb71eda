using EtcdSharp.CommandLine;
using Google.Protobuf;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>The bytes of the answer.</summary>
internal sealed class ProtobufPrinter(ProgramStreams streams) : RpcPrinter("protobuf", streams)
{
    protected override void Print(IMessage message) => Out.Write(message.ToByteArray());
}
