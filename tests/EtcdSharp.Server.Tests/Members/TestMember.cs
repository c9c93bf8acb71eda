using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>A member in this process on a disk in memory, and a client of it over a real connection.</summary>
internal sealed class TestMember : IAsyncDisposable
{
    public const string Directory = "/member";

    private TestMember(Member member, MemoryDisk disk)
    {
        Member = member;
        Disk = disk;
        Channel = new GrpcChannel(member.ClientUrls[0]);
    }

    public Member Member { get; }

    public MemoryDisk Disk { get; }

    public GrpcChannel Channel { get; }

    public static async Task<TestMember> StartAsync(MemoryDisk? disk = null, Func<MemberOptions, MemberOptions>? configure = null)
    {
        disk ??= new MemoryDisk();
        var options = new MemberOptions
        {
            DataDirectory = Directory,
            ListenClientUrls = ["http://127.0.0.1:0"],
            Disk = disk,
            Fatal = static (part, failure) => throw new InvalidOperationException($"{part} failed", failure),
        };
        var member = await Member.StartAsync(configure?.Invoke(options) ?? options);
        return new TestMember(member, disk);
    }

    public async Task<TestMember> RestartAsync(Func<MemberOptions, MemberOptions>? configure = null)
    {
        await DisposeAsync();
        return await StartAsync(Disk, configure);
    }

    public async Task<PutResponse> PutAsync(string key, string value) =>
        await Channel.UnaryAsync(
            KvMethods.Put,
            new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) }
        );

    public async Task<RangeResponse> RangeAsync(string key, string rangeEnd = "", long revision = 0) =>
        await Channel.UnaryAsync(
            KvMethods.Range,
            new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(key),
                RangeEnd = ByteString.CopyFromUtf8(rangeEnd),
                Revision = revision,
            }
        );

    public async Task<string?> GetAsync(string key)
    {
        var response = await RangeAsync(key);
        return response.Kvs.Count == 0 ? null : response.Kvs[0].Value.ToStringUtf8();
    }

    public async Task<RangeResponse> AllAsync() => await RangeAsync("\0", "\0");

    public async Task<TxnResponse> TxnAsync(TxnRequest request) => await Channel.UnaryAsync(KvMethods.Txn, request);

    public static async Task<GrpcStatus> RefusalAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<GrpcStatusException>(call)).Status;

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Member.StopAsync();
    }
}
