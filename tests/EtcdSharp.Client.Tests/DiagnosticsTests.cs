using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class DiagnosticsTests
{
    [Fact]
    public async Task CallsAreTracedAndMeasured()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (method, call, _) =>
            method == "Put" && call == 1 ? (Grpc.StatusCode.InvalidArgument, EtcdError.EmptyKey.Message) : null;
        await using var client = new EtcdClient(fake.Address);
        using var parent = new Activity("test").Start();
        List<Activity> seen = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ClientDiagnostics.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == parent.TraceId)
                {
                    seen.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var durations = new MeterReading("rpc.client.duration");

        await Assert.ThrowsAsync<EtcdException>(() => client.Kv.PutAsync("", "v"));
        await client.Kv.GetAsync("k");

        Assert.Equal(["etcdserverpb.KV/Put", "etcdserverpb.KV/Range"], seen.Select(static activity => activity.OperationName));
        Assert.Equal(ActivityStatusCode.Error, seen[0].Status);
        Assert.Equal(3, seen[0].GetTagItem("rpc.grpc.status_code"));
        Assert.Equal(ActivityStatusCode.Ok, seen[1].Status);
        Assert.True(durations.Count >= 2);
    }

    [Fact]
    public async Task TheSurfaceCanBeStoodInFor()
    {
        IKvClient stand = new OnePageAtATime();
        List<string> keys = [];
        await foreach (var keyValue in stand.PageAsync(KeyRange.All, pageSize: 1))
        {
            keys.Add(keyValue.Key.ToString());
        }

        Assert.Equal(["a", "b", "c"], keys);
    }

    /// <summary>What a user's test would write in place of a server.</summary>
    private sealed class OnePageAtATime : IKvClient
    {
        private static readonly string[] s_keys = ["a", "b", "c"];

        public Task<GetResult> GetAsync(KeyRange range, GetOptions? options, CancellationToken cancellationToken)
        {
            var left = s_keys.Where(key => range.Start <= new EtcdBytes(key)).ToArray();
            var response = new RangeResponse
            {
                Header = new ResponseHeader { Revision = 7 },
                More = left.Length > 1,
            };
            response.Kvs.Add(new Api.Mvccpb.KeyValue { Key = Google.Protobuf.ByteString.CopyFromUtf8(left[0]) });
            return Task.FromResult(new GetResult(response));
        }

        public Task<PutResult> PutAsync(
            EtcdBytes key,
            EtcdBytes value,
            PutOptions? options,
            CancellationToken cancellationToken
        ) => Task.FromResult(new PutResult(new PutResponse()));

        public Task<DeleteResult> DeleteAsync(KeyRange range, DeleteOptions? options, CancellationToken cancellationToken) =>
            Task.FromResult(new DeleteResult(new DeleteRangeResponse()));

        public Transaction Transaction() => new(this);

        public Task<TransactionResult> CommitAsync(Transaction transaction, CancellationToken cancellationToken) =>
            Task.FromResult(new TransactionResult(new TxnResponse()));

        public Task<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken) =>
            Task.FromResult(new ResponseHeader());
    }
}
