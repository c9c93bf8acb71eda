using System.Net;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Leasepb;
using EtcdSharp.Replica.Membership;
using Google.Protobuf;

namespace EtcdSharp.Node.Peers.Requests;

/// <summary>Takes renewals and questions about leases to the leader, wherever it is, for as long as a request may take.</summary>
internal sealed class LeaderLeases(IReplicatedLog log, ClusterState cluster, HttpClient client, TimeSpan requestTimeout)
    : ILeaderLeases
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    public async ValueTask<(long TtlSeconds, EtcdError? Error)> RenewAsync(long id, CancellationToken cancellation)
    {
        var request = new LeaseKeepAliveRequest { ID = id }.ToByteArray();
        var (body, error) = await AskAsync(PeerProtocol.LeasesPath, request, cancellation).ConfigureAwait(false);
        return error is null ? (LeaseKeepAliveResponse.Parser.ParseFrom(body).TTL, null) : (0, error);
    }

    public async ValueTask<(LeaseTimeToLiveResponse? Response, EtcdError? Error)> TimeToLiveAsync(
        LeaseTimeToLiveRequest request,
        CancellationToken cancellation
    )
    {
        var envelope = new LeaseInternalRequest { LeaseTimeToLiveRequest = request }.ToByteArray();
        var (body, error) = await AskAsync(PeerProtocol.LeasesInternalPath, envelope, cancellation).ConfigureAwait(false);
        return error is null ? (LeaseInternalResponse.Parser.ParseFrom(body).LeaseTimeToLiveResponse, null) : (null, error);
    }

    private async Task<(byte[] Body, EtcdError? Error)> AskAsync(string path, byte[] request, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(requestTimeout);
        try
        {
            while (true)
            {
                if (
                    cluster.View.Find(log.LeaderId) is { } leader
                    && leader.Id != log.MemberId
                    && await PeerClient.PostAsync(client, leader, path, request, deadline.Token).ConfigureAwait(false)
                        is { } answer
                )
                {
                    switch (answer.Status)
                    {
                        case HttpStatusCode.OK:
                            return (answer.Body, null);
                        case HttpStatusCode.NotFound:
                            return ([], EtcdError.LeaseNotFound);
                        case HttpStatusCode.RequestTimeout:
                            return ([], EtcdError.Timeout);
                    }
                }

                await Task.Delay(RetryInterval, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return ([], cancellation.IsCancellationRequested ? EtcdError.Canceled : EtcdError.Timeout);
        }
    }
}
