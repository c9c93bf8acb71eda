using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Edge.Listening;

/// <summary>What Kestrel keeps for the requests of one stream slot: made once, used for one request after the other.</summary>
internal sealed class EdgeContext
{
    public IFeatureCollection Features { get; set; } = null!;

    public GrpcServerCall? Call { get; set; }

    public DefaultHttpContext? Http { get; set; }
}
