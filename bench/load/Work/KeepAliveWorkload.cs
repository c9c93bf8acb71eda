using EtcdSharp.Api;
using EtcdSharp.Bench.Http2;
using Google.Protobuf;

namespace EtcdSharp.Bench.Work;

/// <summary>Each client has a lease and a stream of its own on which it keeps the lease alive, again and again.</summary>
internal sealed class KeepAliveWorkload : Workload
{
    private const string Method = "/etcdserverpb.Lease/LeaseKeepAlive";

    private readonly Dictionary<int, CallStream> _streams = [];
    private readonly Dictionary<int, byte[]> _requests = [];
    private readonly long _firstId = Random.Shared.NextInt64(1, long.MaxValue / 2);
    private readonly HashSet<CallStream> _granting = [];

    public override IReadOnlyList<string> Series { get; } = ["keepalive"];

    public override bool Ready => _granting.Count == 0;

    public override void Prepare(Worker worker)
    {
        foreach (var client in worker.Clients)
        {
            var grant = new RequestTemplate(
                "/etcdserverpb.Lease/LeaseGrant",
                new LeaseGrantRequest { ID = _firstId + client, TTL = 3600 },
                1,
                0
            );
            var connection = worker.ConnectionOf(client);
            var call = connection.Start(grant.Method, grant.Frame, streaming: false);
            call.Tag = Worker.PreparationTag;
            _granting.Add(call);
            worker.WhenPrepared(call, ended => _granting.Remove(ended));
            _requests[client] = new RequestTemplate(
                Method,
                new LeaseKeepAliveRequest { ID = _firstId + client },
                1,
                0
            ).Frame.ToArray();
        }
    }

    public override CallStream Issue(Connection connection, int client)
    {
        if (!_streams.TryGetValue(client, out var stream))
        {
            stream = connection.Start(Method, [], streaming: true);
            _streams.Add(client, stream);
        }
        connection.Send(stream, _requests[client], end: false);
        return stream;
    }

    public override void OnMessage(Worker worker, Connection connection, CallStream call, ReadOnlySpan<byte> message)
    {
        // A lease that is gone is answered with a time of zero, which proto3 leaves out.
        var alive = LeaseKeepAliveResponse.Parser.ParseFrom(message).TTL > 0;
        worker.Answered(connection, call, alive ? 0 : (int)GrpcNotFound);
    }

    private const int GrpcNotFound = 5;
}
