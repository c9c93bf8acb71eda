using EtcdSharp.Api;
using EtcdSharp.Node;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Node;

public sealed class RequestEncodingTests
{
    [Fact]
    public void The_generated_class_reads_what_is_encoded()
    {
        var put = new PutRequest
        {
            Key = ByteString.CopyFromUtf8("k"),
            Value = ByteString.CopyFromUtf8("v"),
            Lease = 3,
        };
        var data = Encode(RequestKind.Put, put, 0x1234567890ABCDEF);
        var request = InternalRaftRequest.Parser.ParseFrom(data);
        Assert.Equal(put, request.Put);
        Assert.Equal(0x1234567890ABCDEFUL, request.Header.ID);
    }

    [Theory]
    [InlineData(RequestKind.Put)]
    [InlineData(RequestKind.LeaseCheckpoint)]
    [InlineData(RequestKind.AuthRoleRevokePermission)]
    [InlineData(RequestKind.ClusterMemberAttrSet)]
    [InlineData(RequestKind.DowngradeVersionTest)]
    internal void What_is_encoded_is_found_again(RequestKind kind)
    {
        var data = Encode(kind, new CompactionRequest { Revision = 77 }, 99);
        Assert.True(RequestEncoding.TryDecode(data, out var request));
        Assert.Equal((kind, 99UL), (request.Kind, request.Id));
        Assert.Equal(77, CompactionRequest.Parser.ParseFrom(request.Body(data)).Revision);
    }

    [Fact]
    public void The_caller_is_encoded_and_found_again()
    {
        var caller = new Caller("Jürgen", 12);
        var bytes = new CompactionRequest { Revision = 77 }.ToByteArray();
        var data = new byte[RequestEncoding.SizeOf(RequestKind.Compaction, bytes.Length, 99, caller)];
        RequestEncoding.Encode(data, RequestKind.Compaction, bytes, 99, caller);
        var header = InternalRaftRequest.Parser.ParseFrom(data).Header;
        Assert.Equal((99UL, "Jürgen", 12UL), (header.ID, header.Username, header.AuthRevision));
        Assert.True(RequestEncoding.TryDecode(data, out var request));
        Assert.Equal((99UL, caller), (request.Id, request.Caller));
    }

    [Fact]
    public void An_old_request_bare_as_3_5_writes_it_is_not_taken_for_a_put()
    {
        byte[] data =
        [
            0x08,
            7,
            0x12,
            3,
            (byte)'P',
            (byte)'U',
            (byte)'T',
            0x1A,
            2,
            (byte)'/',
            (byte)'0',
            0x22,
            3,
            (byte)'3',
            (byte)'.',
            (byte)'5',
        ];
        Assert.False(RequestEncoding.TryDecode(data, out _));
    }

    [Fact]
    public void An_id_outside_the_header_comes_first_as_in_etcd()
    {
        var data = new InternalRaftRequest
        {
            ID = 5,
            Header = new RequestHeader { ID = 6 },
            AuthStatus = new AuthStatusRequest(),
        }.ToByteArray();
        Assert.True(RequestEncoding.TryDecode(data, out var request));
        Assert.Equal((RequestKind.AuthStatus, 5UL), (request.Kind, request.Id));
    }

    [Fact]
    public void Damaged_data_is_refused_and_never_read_beyond()
    {
        var data = Encode(RequestKind.Put, new PutRequest { Key = ByteString.CopyFromUtf8("key") }, 1);
        for (var length = 1; length < data.Length; length++)
        {
            if (RequestEncoding.TryDecode(data.AsSpan(0, length), out var request))
            {
                request.Body(data.AsSpan(0, length));
            }
        }

        Assert.False(RequestEncoding.TryDecode([0x22, 0x7F], out _));
    }

    [Fact]
    public void Ids_carry_the_member_and_never_repeat()
    {
        var ids = new RequestIds(0xABCD_0000_0000_1234, DateTimeOffset.FromUnixTimeMilliseconds(1));
        var first = ids.Next();
        Assert.Equal(0x1234UL, first >> 48);
        Assert.Equal(0x101UL, first & 0xFFFF_FFFF_FFFF);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ids.Next()).Append(first).Distinct().Count() - 1);
    }

    private static byte[] Encode(RequestKind kind, IMessage body, ulong id)
    {
        var bytes = body.ToByteArray();
        var data = new byte[RequestEncoding.SizeOf(kind, bytes.Length, id, caller: null)];
        RequestEncoding.Encode(data, kind, bytes, id, caller: null);
        return data;
    }
}
