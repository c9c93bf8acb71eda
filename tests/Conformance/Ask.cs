namespace EtcdSharp.Conformance;

/// <summary>Short ways to write the requests that many cases send, and to expect a refusal.</summary>
public static class Ask
{
    public static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);

    public static ByteString Zero { get; } = ByteString.CopyFrom(0);

    public static PutRequest Put(ByteString key, string value, long lease = 0) =>
        new()
        {
            Key = key,
            Value = Utf8(value),
            Lease = lease,
        };

    public static RangeRequest Get(ByteString key) => new() { Key = key };

    public static RangeRequest GetAll(Keyspace keys) => new() { Key = keys.Start, RangeEnd = keys.End };

    public static DeleteRangeRequest Delete(ByteString key) => new() { Key = key };

    public static DeleteRangeRequest DeleteAll(Keyspace keys) => new() { Key = keys.Start, RangeEnd = keys.End };

    public static RequestOp Op(PutRequest put) => new() { RequestPut = put };

    public static RequestOp Op(RangeRequest range) => new() { RequestRange = range };

    public static RequestOp Op(DeleteRangeRequest delete) => new() { RequestDeleteRange = delete };

    public static RequestOp Op(TxnRequest txn) => new() { RequestTxn = txn };

    /// <summary>A transaction without conditions.</summary>
    public static TxnRequest Txn(params RequestOp[] operations) => new() { Success = { operations } };

    public static TxnRequest If(Compare condition, RequestOp[] then, params RequestOp[] otherwise) =>
        new()
        {
            Compare = { condition },
            Success = { then },
            Failure = { otherwise },
        };

    public static WatchRequest Create(WatchCreateRequest request) => new() { CreateRequest = request };

    public static WatchRequest Watch(ByteString key, long startRevision = 0) =>
        new()
        {
            CreateRequest = new WatchCreateRequest { Key = key, StartRevision = startRevision },
        };

    public static WatchRequest WatchAll(Keyspace keys, long startRevision = 0) =>
        new()
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = keys.Start,
                RangeEnd = keys.End,
                StartRevision = startRevision,
            },
        };

    public static WatchRequest Cancel(long watchId) => new() { CancelRequest = new WatchCancelRequest { WatchId = watchId } };

    public static WatchRequest Progress() => new() { ProgressRequest = new WatchProgressRequest() };

    /// <summary>The call must end with this very status and message.</summary>
    public static async Task Refused(GrpcCode code, string detail, Task call)
    {
        var failure = await Assert.ThrowsAsync<GrpcFailure>(() => call);
        Assert.Equal($"{code}: {detail}", $"{failure.Code}: {failure.Detail}");
    }

    /// <summary>Puts the keys in this order, each with its own name as the value; the revision after the last.</summary>
    public static async Task<long> Fill(this EtcdEndpoint etcd, Keyspace keys, params string[] names)
    {
        long revision = 0;
        foreach (var name in names)
        {
            revision = (await etcd.Put(Put(keys[name], name))).Header.Revision;
        }
        return revision;
    }

    /// <summary>The next answer, which must be there.</summary>
    public static async Task<WatchResponse> Next(this DuplexCall<WatchRequest, WatchResponse> watch) =>
        await watch.ReadAsync() ?? throw new InvalidOperationException("the watch stream ended");

    /// <summary>Events until there are as many as asked for; every answer must be of the one watcher.</summary>
    public static async Task<IReadOnlyList<Event>> Events(this DuplexCall<WatchRequest, WatchResponse> watch, int count)
    {
        List<Event> events = [];
        while (events.Count < count)
        {
            var next = await watch.Next();
            Assert.False(next.Canceled, next.CancelReason);
            events.AddRange(next.Events);
        }
        return events;
    }
}
