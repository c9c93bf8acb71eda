using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Storage.Snap.V2;
using Google.Protobuf;

namespace EtcdSharp.Storage.Snap;

public sealed class V2StoreDocumentTests
{
    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        var membership = new V2Membership(
            [
                new V2Member(
                    0x8e9e05c52164694d,
                    ["http://127.0.0.1:2380", "http://[::1]:2380"],
                    false,
                    "one",
                    ["http://127.0.0.1:2379"]
                ),
                new V2Member(5, ["http://10.0.0.1:2380"], true, string.Empty, []),
            ],
            [7, 8],
            "3.5.0"
        );

        var read = V2StoreDocument.TryRead(V2StoreDocument.Write(membership), out var problem);

        Assert.Null(problem);
        Assert.Equivalent(membership, read, strict: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"Root":5}""")]
    [InlineData("""{"Root":{"Children":{"0":{"Children":{"members":{"Children":{"zz":{}}}}}}}}""")]
    [InlineData(
        """{"Root":{"Children":{"0":{"Children":{"members":{"Children":{"1":{"Children":{"raftAttributes":{"Value":"nonsense"}}}}}}}}}}"""
    )]
    public void OtherDocumentsAreRefusedWithAReason(string document)
    {
        Assert.Null(V2StoreDocument.TryRead(Encoding.UTF8.GetBytes(document), out var problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void MemberAttributesAndClusterVersionAreRecognised()
    {
        var attributes = Decode(
            new Request
            {
                ID = 77,
                Method = "PUT",
                Path = "/0/members/8e9e05c52164694d/attributes",
                Val = """{"name":"one","clientURLs":["http://127.0.0.1:2379"]}""",
            }
        );
        Assert.Equal(LegacyRequestKind.MemberAttributes, attributes.Kind);
        Assert.Equal((77UL, 0x8e9e05c52164694dUL, "one"), (attributes.RequestId, attributes.MemberId, attributes.Name));
        Assert.Equal(["http://127.0.0.1:2379"], attributes.ClientUrls);

        var version = Decode(
            new Request
            {
                ID = 78,
                Method = "PUT",
                Path = "/0/version",
                Val = "3.5.0",
            }
        );
        Assert.Equal((LegacyRequestKind.ClusterVersion, "3.5.0"), (version.Kind, version.ClusterVersion));
    }

    [Theory]
    [InlineData("SYNC", "", "")]
    [InlineData("DELETE", "/0/version", "")]
    [InlineData("PUT", "/1/key", "value")]
    [InlineData("QGET", "/0/members/1/attributes", "")]
    public void OtherRequestsMeanNothing(string method, string path, string value) =>
        Assert.Equal(
            LegacyRequestKind.None,
            Decode(
                new Request
                {
                    Method = method,
                    Path = path,
                    Val = value,
                }
            ).Kind
        );

    [Fact]
    public void BareRequestIsNoInternalRaftRequest()
    {
        var bare = new Request
        {
            ID = 1,
            Method = "PUT",
            Path = "/0/version",
            Val = "3.5.0",
        }.ToByteArray();

        Assert.Throws<InvalidProtocolBufferException>(() => InternalRaftRequest.Parser.ParseFrom(bare));
    }

    [Fact]
    public void MalformedAttributesAreRefusedWithAReason()
    {
        var request = new Request
        {
            Method = "PUT",
            Path = "/0/members/1/attributes",
            Val = "{",
        };

        Assert.Null(LegacyRequest.TryDecode(request.ToByteArray(), out var problem));
        Assert.Contains("/0/members/1/attributes", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void RequestIsFoundBareAndInsideAnInternalRaftRequest()
    {
        var request = new Request
        {
            ID = 1,
            Method = "PUT",
            Path = "/0/version",
            Val = "3.5.0",
        };

        Assert.True(LegacyRequest.TryFindInEntry(request.ToByteArray(), out var bare, out _));
        Assert.True(LegacyRequest.TryFindInEntry(new InternalRaftRequest { V2 = request }.ToByteArray(), out var wrapped, out _));
        Assert.False(LegacyRequest.TryFindInEntry(new InternalRaftRequest { ID = 1, Put = new() }.ToByteArray(), out _, out _));
        Assert.Equal(("3.5.0", "3.5.0"), (bare!.ClusterVersion, wrapped!.ClusterVersion));
    }

    private static LegacyRequest Decode(Request request)
    {
        var decoded = LegacyRequest.TryDecode(request.ToByteArray(), out var problem);
        Assert.Null(problem);
        return decoded!;
    }
}
