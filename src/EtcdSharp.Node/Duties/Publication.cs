using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Membershippb;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Node.Duties;

/// <summary>What a member tells the cluster of itself.</summary>
internal sealed class Publication(IReplicatedLog log)
{
    /// <summary>Publishes name and client URLs, as often as it takes. Clients are served after it.</summary>
    /// <exception cref="OperationCanceledException">The member stops.</exception>
    public async Task PublishAttributesAsync(string name, IReadOnlyList<string> clientUrls, CancellationToken stopping)
    {
        var request = new ClusterMemberAttrSetRequest
        {
            MemberID = log.MemberId,
            MemberAttributes = new Attributes { Name = name },
        };
        request.MemberAttributes.ClientUrls.AddRange(clientUrls);
        while (
            (await log.ProposeAsync(RequestKind.ClusterMemberAttrSet, request, stopping).ConfigureAwait(false)).Error is { } error
        )
        {
            stopping.ThrowIfCancellationRequested();
            if (ReferenceEquals(error, EtcdError.Stopped))
            {
                throw new OperationCanceledException("the member stopped before it was part of the cluster");
            }
        }
    }
}
