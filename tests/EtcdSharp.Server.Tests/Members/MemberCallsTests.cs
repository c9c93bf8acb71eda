using System.Buffers;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.InProcess;
using EtcdSharp.Grpc.Server;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>A member's methods called by their names with bytes: the way of a protocol that is translated, without any transport.</summary>
public sealed class MemberCallsTests
{
    [Fact]
    public async Task BytesInAndBytesOut()
    {
        await using var member = await TestMember.StartAsync();
        var put = new PutRequest { Key = ByteString.CopyFromUtf8("k"), Value = ByteString.CopyFromUtf8("v") };
        var (status, answer) = await CallAsync(member, "/etcdserverpb.KV/Put", put);
        Assert.Equal(GrpcStatus.Ok, status);
        Assert.Equal(2, PutResponse.Parser.ParseFrom(answer).Header.Revision);

        (status, answer) = await CallAsync(member, "/etcdserverpb.KV/Range", new RangeRequest { Key = put.Key });
        Assert.Equal(GrpcStatus.Ok, status);
        Assert.Equal("v", Assert.Single(RangeResponse.Parser.ParseFrom(answer).Kvs).Value.ToStringUtf8());

        (status, _) = await CallAsync(member, "/etcdserverpb.KV/Put", new PutRequest());
        Assert.Equal(EtcdError.EmptyKey.ToStatus(), status);
    }

    [Fact]
    public async Task AnAnswerOfAnySizeComesInPieces()
    {
        await using var member = await TestMember.StartAsync();
        var value = new byte[1_000_000];
        Random.Shared.NextBytes(value);
        for (var i = 0; i < 3; i++)
        {
            var put = new PutRequest { Key = ByteString.CopyFromUtf8($"k{i}"), Value = ByteString.CopyFrom(value) };
            Assert.Equal(GrpcStatus.Ok, (await CallAsync(member, "/etcdserverpb.KV/Put", put)).Status);
        }

        var range = new RangeRequest { Key = ByteString.CopyFromUtf8("k"), RangeEnd = ByteString.CopyFromUtf8("l") };
        var (status, answer) = await CallAsync(member, "/etcdserverpb.KV/Range", range);
        Assert.Equal(GrpcStatus.Ok, status);
        Assert.Equal(value, RangeResponse.Parser.ParseFrom(answer).Kvs[2].Value.ToByteArray());
    }

    /// <summary>The stages are not the carrier's to forget.</summary>
    [Fact]
    public async Task UsersAreAskedForWhoeverBringsTheCall()
    {
        await using var member = await TestMember.StartAsync();
        foreach (
            var (path, request) in new (string, IMessage)[]
            {
                (AuthMethods.UserAdd.Path, new AuthUserAddRequest { Name = "root", Password = "pw" }),
                (AuthMethods.RoleAdd.Path, new AuthRoleAddRequest { Name = "root" }),
                (AuthMethods.UserGrantRole.Path, new AuthUserGrantRoleRequest { User = "root", Role = "root" }),
                (AuthMethods.UserAdd.Path, new AuthUserAddRequest { Name = "me", Password = "pw" }),
                (AuthMethods.AuthEnable.Path, new AuthEnableRequest()),
            }
        )
        {
            Assert.Equal(GrpcStatus.Ok, (await CallAsync(member, path, request)).Status);
        }

        var put = new PutRequest { Key = ByteString.CopyFromUtf8("k") };
        var (nobody, root, me) = (null as string, await TokenAsync("root"), await TokenAsync("me"));
        foreach (
            var (path, request, nobodyGets, meGets) in new (string, IMessage, EtcdError, EtcdError?)[]
            {
                (KvMethods.Put.Path, put, EtcdError.UserEmpty, EtcdError.PermissionDenied),
                (KvMethods.Range.Path, new RangeRequest { Key = put.Key }, EtcdError.UserEmpty, EtcdError.PermissionDenied),
                (MaintenanceMethods.Status.Path, new StatusRequest(), EtcdError.UserEmpty, null),
                (MaintenanceMethods.HashKV.Path, new HashKVRequest(), EtcdError.UserEmpty, EtcdError.PermissionDenied),
                (LeaseMethods.LeaseGrant.Path, new LeaseGrantRequest { TTL = 9 }, EtcdError.UserEmpty, null),
            }
        )
        {
            Assert.Equal(nobodyGets.ToStatus(), (await CallAsync(member, path, request, nobody)).Status);
            Assert.Equal(EtcdError.InvalidAuthToken.ToStatus(), (await CallAsync(member, path, request, "made up")).Status);
            Assert.Equal(meGets?.ToStatus() ?? GrpcStatus.Ok, (await CallAsync(member, path, request, me)).Status);
            Assert.Equal(GrpcStatus.Ok, (await CallAsync(member, path, request, root)).Status);
        }

        async Task<string> TokenAsync(string name)
        {
            var request = new AuthenticateRequest { Name = name, Password = "pw" };
            var (status, answer) = await CallAsync(member, AuthMethods.Authenticate.Path, request);
            Assert.Equal(GrpcStatus.Ok, status);
            return AuthenticateResponse.Parser.ParseFrom(answer).Token;
        }
    }

    /// <summary>Nothing is open because somebody forgot to say who may call it.</summary>
    [Fact]
    public async Task WhoMayCallIsSaidOfEveryMethod()
    {
        await using var member = await TestMember.StartAsync();
        string[] open =
        [
            AuthMethods.Authenticate.Path,
            HealthMethods.Check.Path,
            HealthMethods.List.Path,
            HealthMethods.Watch.Path,
        ];
        foreach (var method in member.Member.Calls.Methods)
        {
            Assert.Equal(open.Contains(method.Path), method.Rule == CallRule.Anyone);
        }
    }

    private static async Task<(GrpcStatus Status, byte[] Answer)> CallAsync(
        TestMember member,
        string path,
        IMessage request,
        string? token = null
    )
    {
        var calls = member.Member.Calls;
        using var exchange = new UnaryExchange(calls.Options.MaxReceiveMessageBytes);
        exchange.Ask(request.ToByteArray());
        var origin = token is null ? default : new CallOrigin { Metadata = new GrpcMetadata { { "token", token } } };
        var call = new DirectCall(calls, origin, exchange, exchange, CancellationToken.None);
        var status = await calls.InvokeAsync(path, call);
        Assert.Equal(status.IsOk, exchange.IsAnswered);
        return (status, exchange.Answer.ToArray());
    }
}
