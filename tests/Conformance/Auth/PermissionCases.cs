using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>What is asked of a user for each request about keys.</summary>
public sealed class PermissionCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private const string RangeStream = "/etcdserverpb.KV/RangeStream";

    private static readonly ByteString s_mine = Utf8("mine");
    private static readonly ByteString s_read = Utf8("read");
    private static readonly ByteString s_write = Utf8("write");
    private static readonly ByteString s_other = Utf8("other");

    private static Compare IsNew(ByteString key) =>
        new()
        {
            Key = key,
            Target = Compare.Types.CompareTarget.Create,
            Result = Compare.Types.CompareResult.Equal,
        };

    private static RangeRequest Serializable(ByteString key) => new() { Key = key, Serializable = true };

    private static Task<EtcdEndpoint> Ann(AuthMember member) =>
        member.User("ann", Allow.ReadWrite("mine"), Allow.Read("read"), Allow.Write("write"));

    private static Task Ask(EtcdEndpoint etcd, string what, ByteString key) =>
        what switch
        {
            "Range" => etcd.Range(Get(key)),
            "serializable Range" => etcd.Range(Serializable(key)),
            "RangeStream" => etcd.ServerStream<RangeStreamResponse>(RangeStream, Get(key)),
            "Put" => etcd.Put(Put(key, "x")),
            "DeleteRange" => etcd.DeleteRange(Delete(key)),
            "Txn that reads" => etcd.Txn(Txn(Op(Get(key)))),
            "serializable Txn" => etcd.Txn(Txn(Op(Serializable(key)))),
            "Txn that writes" => etcd.Txn(Txn(Op(Put(key, "x")))),
            "Txn that compares" => etcd.Txn(new TxnRequest { Compare = { IsNew(key) } }),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };

    [Theory]
    [OnEach("Range")]
    [OnEach("serializable Range")]
    [OnEach("RangeStream", Since = "3.7")]
    [OnEach("Put")]
    [OnEach("DeleteRange")]
    [OnEach("Txn that reads")]
    [OnEach("serializable Txn")]
    [OnEach("Txn that writes")]
    [OnEach("Txn that compares")]
    public async Task EveryRequestNeedsAUserWhoMay(ServerKind kind, string what)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await WithoutUser(Ask(member.Nobody, what, s_mine));
        await BadToken(Ask(member.Pretender, what, s_mine));
        await Denied(Ask(ann, what, s_other));
        await Ask(ann, what, s_mine);
        await Ask(member.Root, what, s_other);
    }

    [Theory, OnEach]
    public async Task AnEmptyTransactionNeedsNoUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        Assert.True((await member.Nobody.Txn(new TxnRequest())).Succeeded);
        await BadToken(member.Pretender.Txn(new TxnRequest()));
    }

    [Theory, OnEach]
    public async Task WhatIsWrongWithARequestIsToldBeforeWhoMay(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await Refused(GrpcCode.InvalidArgument, "etcdserver: key is not provided", member.Nobody.Put(Put(ByteString.Empty, "x")));
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: duplicate key given in txn request",
            member.Pretender.Txn(Txn(Op(Put(s_other, "1")), Op(Put(s_other, "2"))))
        );
    }

    [Theory, OnEach]
    public async Task WhoMayIsToldBeforeWhatIsNotThere(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await Denied(ann.Put(new PutRequest { Key = s_other, IgnoreValue = true }));
        await Denied(ann.Put(Put(s_other, "x", lease: 4711)));
        await Denied(ann.Range(new RangeRequest { Key = s_other, Revision = 1_000_000 }));
    }

    [Theory, OnEach]
    public async Task ThePreviousValueIsForReaders(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await member.Root.Put(Put(s_write, "secret"));
        await ann.Put(Put(s_write, "x"));
        await Denied(ann.Put(new PutRequest { Key = s_write, PrevKv = true }));
        await Denied(ann.DeleteRange(new DeleteRangeRequest { Key = s_write, PrevKv = true }));
        await Denied(ann.Txn(Txn(Op(new PutRequest { Key = s_write, PrevKv = true }))));
        await Denied(ann.Txn(Txn(Op(new DeleteRangeRequest { Key = s_write, PrevKv = true }))));
        Assert.Equal("x", Assert.Single((await member.Root.Range(Get(s_write))).Kvs).Value.ToStringUtf8());
        await ann.Put(Put(s_mine, "x"));
        var put = await ann.Put(new PutRequest { Key = s_mine, PrevKv = true });
        Assert.Equal("x", put.PrevKv.Value.ToStringUtf8());
        Assert.Single((await ann.DeleteRange(new DeleteRangeRequest { Key = s_mine, PrevKv = true })).PrevKvs);
    }

    [Theory, OnEach]
    public async Task ThePreviousValuesOfARangeAreForReadersOfAllOfIt(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Write("a..e"), Allow.Read("a..c"));
        var some = Allow.Delete("a..c");
        some.PrevKv = true;
        await ann.DeleteRange(some);
        var all = Allow.Delete("a..e");
        await ann.DeleteRange(all);
        all.PrevKv = true;
        await Denied(ann.DeleteRange(all));
    }

    [Theory, OnEach]
    public async Task KeepingTheValueIsWriting(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await member.Root.Put(Put(s_write, "kept"));
        await ann.Put(new PutRequest { Key = s_write, IgnoreValue = true });
    }

    [Theory]
    [OnEach(true, false)]
    [OnEach(false, true)]
    [OnEach(true, true)]
    public async Task CountsAndKeysAreReadToo(ServerKind kind, bool countOnly, bool keysOnly)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await Denied(ann.Range(Request(s_other)));
        await Denied(ann.Range(Request(s_write)));
        await ann.Range(Request(s_read));

        RangeRequest Request(ByteString key) =>
            new()
            {
                Key = key,
                CountOnly = countOnly,
                KeysOnly = keysOnly,
            };
    }

    [Theory, OnEach]
    public async Task ALimitDoesNotMakeARangeSmaller(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a..c"));
        var request = Allow.Get("a..d");
        request.Limit = 1;
        await Denied(ann.Range(request));
    }

    [Theory, OnEach]
    public async Task AnOldRevisionIsReadWithThePermissionsOfNow(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var then = (await member.Root.Put(Put(s_mine, "old"))).Header.Revision;
        var old = new RangeRequest { Key = s_mine, Revision = then };
        var ann = await member.User("ann");
        await Denied(ann.Range(old));
        await member.Root.RoleGrantPermission("ann", Allow.Read("mine"));
        Assert.Equal("old", Assert.Single((await ann.Range(old)).Kvs).Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task BothBranchesAreLookedAt(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await ann.DeleteRange(Delete(s_mine));
        var mine = Op(Put(s_mine, "x"));
        await Denied(ann.Txn(If(IsNew(s_mine), [mine], Op(Put(s_other, "x")))));
        await Denied(ann.Txn(If(IsNew(s_mine), [Op(Put(s_other, "x"))], mine)));
        await Denied(ann.Txn(If(IsNew(s_mine), [mine], Op(Get(s_other)))));
        await Denied(ann.Txn(If(IsNew(s_mine), [mine], Op(Get(s_write)))));
        await Denied(ann.Txn(If(IsNew(s_mine), [mine], Op(Put(s_read, "x")))));
        await Denied(ann.Txn(If(IsNew(s_mine), [mine], Op(Delete(s_read)))));
        Assert.Empty((await ann.Range(Get(s_mine))).Kvs);
        await ann.Txn(If(IsNew(s_mine), [mine], Op(Get(s_read)), Op(Put(s_write, "x"))));
    }

    [Theory, OnEach]
    public async Task ComparingIsReading(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        var mine = Op(Put(s_mine, "x"));
        await Denied(ann.Txn(If(IsNew(s_other), [mine])));
        await Denied(ann.Txn(If(IsNew(s_write), [mine])));
        await ann.Txn(If(IsNew(s_read), [mine]));
        var range = IsNew(s_read);
        range.RangeEnd = Utf8("reae");
        await Denied(ann.Txn(If(range, [mine])));
    }

    [Theory, OnEach]
    public async Task TransactionsWithinTransactionsAreLookedAt(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await ann.Txn(Txn(Op(Txn(Op(Get(s_read)), Op(Put(s_write, "x"))))));
        await Denied(ann.Txn(Txn(Op(Txn(Op(Put(s_other, "x")))))));
        await Denied(ann.Txn(Txn(Op(Txn(Op(Get(s_other)))))));
        await Denied(ann.Txn(Txn(Op(If(IsNew(s_other), [])))));
        await Denied(ann.Txn(If(IsNew(s_mine), [], Op(Txn(Op(Get(s_other)))))));
        await Denied(ann.Txn(If(IsNew(s_mine), [Op(If(IsNew(s_mine), [], Op(Get(s_other))))])));
    }

    [Theory, OnEach]
    public async Task ADeniedTransactionLeavesNothing(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        var before = (await member.Root.Range(Get(s_mine))).Header.Revision;
        await Denied(ann.Txn(Txn(Op(Put(s_mine, "x")), Op(Put(s_other, "x")))));
        await Denied(ann.Put(Put(s_other, "x")));
        Assert.Equal(before, (await member.Root.Range(Get(s_mine))).Header.Revision);
    }
}
