using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberKvTests
{
    private static ByteString B(string text) => ByteString.CopyFromUtf8(text);

    private static RequestOp Put(string key, string value) =>
        new()
        {
            RequestPut = new PutRequest { Key = B(key), Value = B(value) },
        };

    private static RequestOp Get(string key) => new() { RequestRange = new RangeRequest { Key = B(key) } };

    private static RequestOp Delete(string key, string end = "") =>
        new()
        {
            RequestDeleteRange = new DeleteRangeRequest
            {
                Key = B(key),
                RangeEnd = B(end),
                PrevKv = true,
            },
        };

    [Fact]
    public async Task What_was_put_is_read_with_its_revisions_and_a_full_header()
    {
        await using var member = await TestMember.StartAsync();
        var first = await member.PutAsync("a", "1");
        var second = await member.Channel.UnaryAsync(
            KvMethods.Put,
            new PutRequest
            {
                Key = B("a"),
                Value = B("2"),
                PrevKv = true,
            }
        );
        var read = await member.RangeAsync("a");

        Assert.Equal(2, first.Header.Revision);
        Assert.Equal(3, second.Header.Revision);
        Assert.Equal("1", second.PrevKv.Value.ToStringUtf8());
        Assert.Equal(member.Member.MemberId, read.Header.MemberId);
        Assert.Equal(member.Member.ClusterId, read.Header.ClusterId);
        Assert.True(read.Header.RaftTerm > 0);
        var kv = Assert.Single(read.Kvs);
        Assert.Equal((2L, 3L, 2L, "2"), (kv.CreateRevision, kv.ModRevision, kv.Version, kv.Value.ToStringUtf8()));
        Assert.Equal(1, read.Count);
    }

    [Fact]
    public async Task A_deletion_answers_how_many_and_what_was_there()
    {
        await using var member = await TestMember.StartAsync();
        await member.PutAsync("a", "1");
        await member.PutAsync("b", "2");
        var deleted = await member.Channel.UnaryAsync(
            KvMethods.DeleteRange,
            new DeleteRangeRequest
            {
                Key = B("a"),
                RangeEnd = B("z"),
                PrevKv = true,
            }
        );
        var again = await member.Channel.UnaryAsync(KvMethods.DeleteRange, new DeleteRangeRequest { Key = B("a") });

        Assert.Equal(2, deleted.Deleted);
        Assert.Equal(["1", "2"], deleted.PrevKvs.Select(kv => kv.Value.ToStringUtf8()));
        Assert.Equal(0, again.Deleted);
        Assert.Equal(deleted.Header.Revision, again.Header.Revision);
        Assert.Null(await member.GetAsync("a"));
    }

    [Fact]
    public async Task A_transaction_takes_its_branch_and_answers_every_operation_in_place()
    {
        await using var member = await TestMember.StartAsync();
        await member.PutAsync("a", "1");
        await member.PutAsync("gone", "x");
        var response = await member.TxnAsync(
            new TxnRequest
            {
                Compare =
                {
                    new Compare
                    {
                        Key = B("a"),
                        Target = Compare.Types.CompareTarget.Value,
                        Value = B("1"),
                    },
                },
                Success =
                {
                    Put("a", "2"),
                    Get("a"),
                    Delete("gone"),
                    new RequestOp
                    {
                        RequestTxn = new TxnRequest
                        {
                            Compare =
                            {
                                new Compare
                                {
                                    Key = B("none"),
                                    Target = Compare.Types.CompareTarget.Version,
                                    Result = Compare.Types.CompareResult.Greater,
                                },
                            },
                            Success = { Put("wrong", "") },
                            Failure = { Put("nested", "3"), Get("nested") },
                        },
                    },
                },
                Failure = { Put("wrong", "") },
            }
        );

        Assert.True(response.Succeeded);
        Assert.Equal(4, response.Header.Revision);
        Assert.Equal(4, response.Responses.Count);
        Assert.Equal(4, response.Responses[0].ResponsePut.Header.Revision);
        Assert.Equal("2", response.Responses[1].ResponseRange.Kvs[0].Value.ToStringUtf8());
        Assert.Equal("x", response.Responses[2].ResponseDeleteRange.PrevKvs[0].Value.ToStringUtf8());
        var nested = response.Responses[3].ResponseTxn;
        Assert.False(nested.Succeeded);
        Assert.NotNull(nested.Header);
        Assert.Equal("3", nested.Responses[1].ResponseRange.Kvs[0].Value.ToStringUtf8());
        Assert.Null(await member.GetAsync("wrong"));
    }

    [Fact]
    public async Task A_refused_transaction_changes_nothing()
    {
        await using var member = await TestMember.StartAsync();
        var status = await TestMember.RefusalAsync(() =>
            member.TxnAsync(
                new TxnRequest
                {
                    Success =
                    {
                        Put("a", "1"),
                        new RequestOp
                        {
                            RequestPut = new PutRequest { Key = B("b"), Lease = 12345 },
                        },
                    },
                }
            )
        );

        Assert.Equal(EtcdError.LeaseNotFound.Message, status.Message);
        Assert.Empty((await member.AllAsync()).Kvs);
        Assert.Equal(1, (await member.AllAsync()).Header.Revision);
    }

    [Fact]
    public async Task A_transaction_of_reads_alone_is_not_replicated()
    {
        await using var member = await TestMember.StartAsync();
        await member.PutAsync("a", "1");
        var before = member.Member.Node.State.CommittedIndex;
        var response = await member.TxnAsync(
            new TxnRequest
            {
                Compare =
                {
                    new Compare
                    {
                        Key = B("a"),
                        Target = Compare.Types.CompareTarget.Create,
                        CreateRevision = 2,
                    },
                },
                Success = { Get("a"), Get("none") },
            }
        );

        Assert.True(response.Succeeded);
        Assert.Equal("1", response.Responses[0].ResponseRange.Kvs[0].Value.ToStringUtf8());
        Assert.Equal(0, response.Responses[1].ResponseRange.Count);
        Assert.Equal(before, member.Member.Node.State.CommittedIndex);
    }

    public static TheoryData<string, TxnRequest> ClashingTransactions() =>
        new()
        {
            {
                "two puts",
                new TxnRequest { Success = { Put("k", "1"), Put("k", "2") } }
            },
            {
                "put and deletion",
                new TxnRequest { Failure = { Put("k", "1"), Delete("a", "z") } }
            },
            {
                "put and nested put",
                new TxnRequest
                {
                    Success =
                    {
                        Put("k", "1"),
                        new RequestOp { RequestTxn = new TxnRequest { Failure = { Put("k", "2") } } },
                    },
                }
            },
            {
                "deletion and nested put",
                new TxnRequest
                {
                    Success =
                    {
                        new RequestOp { RequestTxn = new TxnRequest { Success = { Put("k", "2") } } },
                        Delete("k"),
                    },
                }
            },
        };

    [Theory]
    [MemberData(nameof(ClashingTransactions))]
    public async Task A_key_is_changed_once_per_transaction(string what, TxnRequest request)
    {
        await using var member = await TestMember.StartAsync();
        var status = await TestMember.RefusalAsync(() => member.TxnAsync(request));
        Assert.True(status.Message == EtcdError.DuplicateKey.Message, $"{what}: {status}");
    }

    [Fact]
    public async Task The_branches_of_a_nested_transaction_may_put_the_same_key()
    {
        await using var member = await TestMember.StartAsync();
        var response = await member.TxnAsync(
            new TxnRequest
            {
                Success =
                {
                    new RequestOp
                    {
                        RequestTxn = new TxnRequest { Success = { Put("k", "1") }, Failure = { Put("k", "2") } },
                    },
                },
            }
        );
        Assert.True(response.Succeeded);
        Assert.Equal("1", await member.GetAsync("k"));
    }

    [Fact]
    public async Task Bad_requests_are_refused_with_the_code_and_text_of_etcd()
    {
        await using var member = await TestMember.StartAsync(configure: o =>
            o with
            {
                MaxTxnOperations = 2,
                MaxRequestBytes = 1024,
            }
        );
        var kv = member.Channel;
        async Task Refused(EtcdError expected, Func<Task> call)
        {
            var status = await TestMember.RefusalAsync(call);
            Assert.Equal((expected.Message, (int)expected.Code), (status.Message, (int)status.Code));
        }

        await Refused(EtcdError.EmptyKey, () => member.PutAsync("", "v"));
        await Refused(EtcdError.EmptyKey, () => member.RangeAsync(""));
        await Refused(EtcdError.FutureRev, () => member.RangeAsync("a", revision: 99));
        await Refused(EtcdError.RequestTooLarge, () => member.PutAsync("a", new string('x', 2000)));
        await Refused(EtcdError.TooManyOps, () => member.TxnAsync(new TxnRequest { Success = { Get("a"), Get("b"), Get("c") } }));
        await Refused(EtcdError.KeyNotFound, () => member.TxnAsync(new TxnRequest { Success = { new RequestOp() } }));
        await Refused(
            EtcdError.LeaseNotFound,
            async () => await kv.UnaryAsync(KvMethods.Put, new PutRequest { Key = B("a"), Lease = 7 })
        );
        await Refused(
            EtcdError.KeyNotFound,
            async () => await kv.UnaryAsync(KvMethods.Put, new PutRequest { Key = B("a"), IgnoreValue = true })
        );
        await Refused(
            EtcdError.ValueProvided,
            async () =>
                await kv.UnaryAsync(
                    KvMethods.Put,
                    new PutRequest
                    {
                        Key = B("a"),
                        Value = B("v"),
                        IgnoreValue = true,
                    }
                )
        );
        await Refused(
            EtcdError.InvalidSortOption,
            async () =>
                await kv.UnaryAsync(
                    KvMethods.Range,
                    new RangeRequest { Key = B("a"), SortOrder = (RangeRequest.Types.SortOrder)9 }
                )
        );
        await Refused(
            EtcdError.FutureRev,
            async () => await kv.UnaryAsync(KvMethods.Compact, new CompactionRequest { Revision = 50 })
        );
    }

    [Fact]
    public async Task Compacted_history_cannot_be_read_any_more()
    {
        await using var member = await TestMember.StartAsync();
        await member.PutAsync("a", "1");
        await member.PutAsync("a", "2");
        var response = await member.Channel.UnaryAsync(
            KvMethods.Compact,
            new CompactionRequest { Revision = 3, Physical = true }
        );
        var status = await TestMember.RefusalAsync(() => member.RangeAsync("a", revision: 2));

        Assert.Equal(3, response.Header.Revision);
        Assert.Equal((StatusCode.OutOfRange, EtcdError.Compacted.Message), (status.Code, status.Message));
        Assert.Equal("2", await member.GetAsync("a"));
    }

    [Fact]
    public async Task A_stream_gives_all_keys_of_one_revision_in_chunks()
    {
        const int keys = 500;
        await using var member = await TestMember.StartAsync(configure: o => o with { MaxRequestBytes = 4096 });
        for (var i = 0; i < keys; i++)
        {
            await member.PutAsync($"k{i:d4}", new string('v', 50));
        }

        using var call = member.Channel.Open(KvMethods.RangeStream);
        await call.WriteAsync(
            new RangeRequest
            {
                Key = B("k"),
                RangeEnd = B("l"),
                Limit = 450,
            }
        );
        await call.CompleteWritesAsync();
        var seen = new List<string>();
        var messages = new List<RangeResponse>();
        while (await call.MoveNextAsync())
        {
            messages.Add(call.Current.RangeResponse);
            seen.AddRange(call.Current.RangeResponse.Kvs.Select(kv => kv.Key.ToStringUtf8()));
        }

        Assert.Equal(Enumerable.Range(0, 450).Select(i => $"k{i:d4}"), seen);
        Assert.True(messages.Count > 3, "the range came in one piece");
        Assert.All(messages.SkipLast(1), message => Assert.Null(message.Header));
        Assert.Equal((keys, true, keys + 1L), ((int)messages[^1].Count, messages[^1].More, messages[^1].Header.Revision));
    }
}
