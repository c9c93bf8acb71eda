using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EtcdSharp.Api;
using Pb = EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Client;

/// <summary>
/// One watch on the shared stream: what to ask for, how far it has come, and what the reader has not taken yet. All but
/// reading happens under the stream's lock.
/// </summary>
internal sealed class Watcher : IWatcher
{
    /// <summary>
    /// Bytes of keys and values that may wait for the reader: ten times the largest request that etcd accepts (1.5 MB).
    /// Beyond it the watch is ended at the server and begun again where the reader has got to.
    /// </summary>
    public const int BufferedBytesMax = 16 * 1024 * 1024;

    private readonly WatchStream stream;
    private readonly KeyPrefix prefix;
    private readonly KeyRange range;
    private readonly WatchOptions options;
    private readonly TaskCompletionSource created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(WatchBatch Batch, int Bytes)> waiting = Channel.CreateUnbounded<(WatchBatch, int)>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
    );

    private readonly List<Pb.Event> fragments = [];
    private int bufferedBytes;
    private int fragmentBytes;
    private bool paused;

    public Watcher(WatchStream stream, KeyPrefix prefix, KeyRange range, WatchOptions options)
    {
        this.stream = stream;
        this.prefix = prefix;
        this.range = range;
        this.options = options;
        NextRevision = options.StartRevision;
    }

    public long Revision { get; private set; }

    /// <summary>The first revision that has not been handed to the reader; 0 until the server has said where it begins.</summary>
    public long NextRevision { get; private set; }

    /// <summary>Its name on the current stream; null while it has none.</summary>
    public long? Id { get; set; }

    /// <summary>The buffer was full, so nothing is asked of the server until the reader has made room.</summary>
    public bool Paused
    {
        get => Volatile.Read(ref paused);
        set => Volatile.Write(ref paused, value);
    }

    /// <summary>The reader has taken enough for the watch to go on.</summary>
    public bool HasRoom => Volatile.Read(ref bufferedBytes) <= BufferedBytesMax / 2;

    /// <summary>Nobody reads any more, or it has failed.</summary>
    public bool Closed { get; private set; }

    /// <summary>How often in a row the server has refused its token.</summary>
    public int TokenRefusals { get; set; }

    public Task Created => created.Task;

    public WatchRequest CreateRequest()
    {
        DropFragments();
        var request = new WatchCreateRequest
        {
            Key = prefix.Key(range.Start),
            RangeEnd = prefix.End(range.End),
            StartRevision = NextRevision,
            PrevKv = options.PreviousValues,
            ProgressNotify = options.Progress,
            Fragment = true,
        };
        if (options.WithoutPuts)
        {
            request.Filters.Add(WatchCreateRequest.Types.FilterType.Noput);
        }

        if (options.WithoutDeletes)
        {
            request.Filters.Add(WatchCreateRequest.Types.FilterType.Nodelete);
        }

        return new WatchRequest { CreateRequest = request };
    }

    public void Began(ResponseHeader header)
    {
        TokenRefusals = 0;
        if (NextRevision == 0)
        {
            // From here on a lost stream resumes at a revision: what happens while there is none is not missed.
            NextRevision = header.Revision + 1;
        }

        if (Revision == 0)
        {
            Revision = header.Revision;
        }

        created.TrySetResult();
    }

    /// <summary>Takes a response for the reader. False: there is no room, the response is dropped and is to be asked for again.</summary>
    public bool Offer(WatchResponse response)
    {
        if (response.Events.Count == 0)
        {
            NextRevision = Math.Max(NextRevision, response.Header.Revision + 1);
            OfferProgress(response.Header);
            return true;
        }

        var bytes = 0;
        foreach (var one in response.Events)
        {
            prefix.Strip(one.Kv);
            prefix.Strip(one.PrevKv);
            bytes += one.Kv.Key.Length + one.Kv.Value.Length + (one.PrevKv?.Value.Length ?? 0);
            fragments.Add(one);
        }

        if (Volatile.Read(ref bufferedBytes) - fragmentBytes > BufferedBytesMax)
        {
            DropFragments();
            return false;
        }

        Interlocked.Add(ref bufferedBytes, bytes);
        if (response.Fragment)
        {
            // The rest of the revision follows; until it is there, nothing of it counts as received.
            fragmentBytes += bytes;
            return true;
        }

        var events = fragments.ConvertAll(static one => new WatchEvent(one));
        fragments.Clear();
        NextRevision = Math.Max(NextRevision, events[^1].Revision + 1);
        waiting.Writer.TryWrite((new WatchBatch(response.Header, events), bytes + fragmentBytes));
        fragmentBytes = 0;
        return true;
    }

    public void OfferProgress(ResponseHeader header) => waiting.Writer.TryWrite((new WatchBatch(header, []), 0));

    /// <summary>Ends it; null where the reader wants no more.</summary>
    public void Close(EtcdException? failure)
    {
        Closed = true;
        waiting.Writer.TryComplete(failure);
        if (failure is not null)
        {
            created.TrySetException(failure);

            // Whether anybody still waits for the beginning is not known here.
            _ = created.Task.Exception;
        }
        else
        {
            created.TrySetCanceled();
        }
    }

    public async IAsyncEnumerable<WatchBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (batch, bytes) in waiting.Reader.ReadAllAsync(cancellationToken))
        {
            Interlocked.Add(ref bufferedBytes, -bytes);
            if (HasRoom)
            {
                stream.ResumeIfPaused(this);
            }

            yield return batch;
        }
    }

    private void DropFragments()
    {
        fragments.Clear();
        Interlocked.Add(ref bufferedBytes, -fragmentBytes);
        fragmentBytes = 0;
    }

    public ValueTask DisposeAsync()
    {
        stream.Remove(this);
        return ValueTask.CompletedTask;
    }
}
