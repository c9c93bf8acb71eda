using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Tests.Client;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.InProcess;

/// <summary>Without a connection.</summary>
public sealed class InProcessCallTests : CallCases
{
    private protected override CallChannel Channel(TestServer server) => server.InProcess;
}
