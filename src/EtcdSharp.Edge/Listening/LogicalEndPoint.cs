using System.Net;

namespace EtcdSharp.Edge.Listening;

/// <summary>One protocol of a port that speaks two: what Kestrel believes to be listening on.</summary>
internal sealed class LogicalEndPoint(SharedPort port, EdgeProtocol protocol) : EndPoint
{
    public SharedPort Port { get; } = port;

    public EdgeProtocol Protocol { get; } = protocol;

    public override string ToString() => $"{Port.Url.Text} ({Protocol})";
}
