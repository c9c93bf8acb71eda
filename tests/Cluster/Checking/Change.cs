using EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Cluster.Checking;

/// <summary>What happened under one revision, as a member tells it afterwards.</summary>
internal sealed record Change(long Revision, IReadOnlyList<Event> Events)
{
    /// <summary>All changes from the first revision to <paramref name="last"/>, asked of one member.</summary>
    public static async Task<IReadOnlyList<Change>> ReadAllAsync(ClusterMember member, long last)
    {
        var events = new List<Event>();
        await using var watch = member.Endpoint.Watch();
        await watch.WriteAsync(
            new WatchRequest
            {
                CreateRequest = new WatchCreateRequest
                {
                    Key = ByteString.CopyFrom(0),
                    RangeEnd = ByteString.CopyFrom(0),
                    StartRevision = 1,
                },
            }
        );
        while (last > 1 && (events.Count == 0 || events[^1].Kv.ModRevision < last))
        {
            var response = await watch.ReadAsync() ?? throw new InvalidDataException($"{member.Name} ended a watch");
            if (response.Canceled)
            {
                throw new InvalidDataException($"{member.Name} canceled a watch: {response.CancelReason}");
            }

            events.AddRange(response.Events);
        }

        return [.. events.GroupBy(one => one.Kv.ModRevision).Select(group => new Change(group.Key, [.. group]))];
    }
}
