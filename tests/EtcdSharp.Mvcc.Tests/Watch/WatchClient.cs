using System.Text;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>The consumer of one stream: takes responses when told to and remembers what each watch was given.</summary>
internal sealed class WatchClient(WatchHub hub)
{
    public WatchStream Stream { get; } = hub.OpenStream();

    public List<WatchResponse> Responses { get; } = [];

    public void Create(
        string key,
        string? end = null,
        long start = 0,
        long id = 0,
        WatchFilters filters = WatchFilters.None,
        bool wantsProgress = false
    ) =>
        Stream.Create(
            new WatchCreate
            {
                Key = Encoding.UTF8.GetBytes(key),
                End = end is null ? null : Encoding.UTF8.GetBytes(end),
                StartRevision = start,
                WatchId = id,
                Filters = filters,
                WantsProgress = wantsProgress,
            }
        );

    /// <summary>Takes about so many bytes; returns what came.</summary>
    public List<WatchResponse> Take(int bytesMax = int.MaxValue)
    {
        List<WatchResponse> taken = [];
        Stream.Take(taken, bytesMax);
        Responses.AddRange(taken);
        return taken;
    }

    public IEnumerable<ReceivedEvent> EventsOf(long id) => Responses.Where(response => response.WatchId == id).SelectMany(Events);

    public static IEnumerable<ReceivedEvent> Events(WatchResponse response)
    {
        for (var i = 0; i < response.Selection.Count; i++)
        {
            var place = response.Selection[i];
            yield return new ReceivedEvent(
                response.Batch!.RevisionOf(place),
                Encoding.UTF8.GetString(response.Batch.Key(place)),
                response.Batch.IsDelete(place)
            );
        }
    }
}
