using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Client;

/// <summary>Over HTTP/2.</summary>
public sealed class CallTests : CallCases
{
    private protected override CallChannel Channel(TestServer server) => server.Channel();
}
