using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using Google.Protobuf;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// Keys below the prefix <c>name/</c>, one per lease and named by it in hexadecimal, in the order of their creation.
/// Whose key is the oldest holds the lock, or leads. Clients that bring their own locks use the same keys.
/// </summary>
internal sealed class KeyQueue
{
    private readonly OwnRequests _own;

    public KeyQueue(OwnRequests own, ByteString name)
    {
        _own = own;
        Prefix = ByteString.CopyFrom([.. name.Span, (byte)'/']);
        End = ByteString.CopyFrom([.. name.Span, '/' + 1]);
    }

    public ByteString Prefix { get; }

    /// <summary>The end of the range of all keys that begin with the prefix.</summary>
    public ByteString End { get; }

    /// <summary>A read of the oldest key.</summary>
    public RangeRequest Oldest =>
        new()
        {
            Key = Prefix,
            RangeEnd = End,
            Limit = 1,
            SortTarget = RangeRequest.Types.SortTarget.Create,
            SortOrder = RangeRequest.Types.SortOrder.Ascend,
        };

    public static Compare IsCreatedAt(ByteString key, long revision) =>
        new()
        {
            Key = key,
            Target = Compare.Types.CompareTarget.Create,
            Result = Compare.Types.CompareResult.Equal,
            CreateRevision = revision,
        };

    /// <summary>A negative id has a minus sign in front of its magnitude.</summary>
    public ByteString KeyOf(long lease)
    {
        var magnitude = lease < 0 ? 0UL - (ulong)lease : (ulong)lease;
        var digits = magnitude.ToString("x", CultureInfo.InvariantCulture);
        return ByteString.CopyFrom([.. Prefix.Span, .. ByteString.CopyFromUtf8(lease < 0 ? "-" + digits : digits).Span]);
    }

    /// <summary>
    /// Returns when no key of the queue is left that was created at or before a revision. Each wait watches the newest
    /// of them alone, so that one departure wakes one waiter.
    /// </summary>
    public async ValueTask WaitForOlderAsync(long createRevisionMax, CancellationToken cancellation)
    {
        var newestOlder = new RangeRequest
        {
            Key = Prefix,
            RangeEnd = End,
            Limit = 1,
            SortTarget = RangeRequest.Types.SortTarget.Create,
            SortOrder = RangeRequest.Types.SortOrder.Descend,
            MaxCreateRevision = createRevisionMax,
        };
        while (true)
        {
            var found = await _own.RangeAsync(newestOlder, cancellation).ConfigureAwait(false);
            if (found.Kvs.Count == 0)
            {
                return;
            }

            await WaitForDeletionAsync(found.Kvs[0].Key, found.Header.Revision, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask WaitForDeletionAsync(ByteString key, long revision, CancellationToken cancellation)
    {
        using var watch = _own.Watch(key, null, revision, cancellation);
        while (await watch.NextAsync().ConfigureAwait(false) is { } next)
        {
            if (next.Events.Any(change => change.Type == Event.Types.EventType.Delete))
            {
                return;
            }
        }
    }
}
