using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>Answers too large to be made at once: what arrives is what would have been made.</summary>
public sealed class MemberLargeReadTests
{
    private const int Keys = 6000;
    private const int LargeKeys = 12;
    private const int LargeValueBytes = 300_000;

    private static readonly ByteString s_end = ByteString.CopyFrom(0);

    private static ByteString B(string text) => ByteString.CopyFromUtf8(text);

    /// <summary>Some thousand small keys and some large values: more than one go by either measure.</summary>
    private static async Task<TestMember> StartFilledAsync()
    {
        var member = await TestMember.StartAsync();
        for (var i = 0; i < Keys; i += 100)
        {
            var txn = new TxnRequest();
            txn.Success.AddRange(
                Enumerable
                    .Range(i, 100)
                    .Select(j => new RequestOp
                    {
                        RequestPut = new PutRequest { Key = B($"k{j:d5}"), Value = B($"{(j * 7919L) % Keys:d5}") },
                    })
            );
            await member.Channel.UnaryAsync(KvMethods.Txn, txn);
        }

        for (var i = 0; i < LargeKeys; i++)
        {
            await member.PutAsync($"large{i:d2}", new string((char)('a' + i), LargeValueBytes));
        }

        return member;
    }

    [Fact]
    public async Task A_large_range_arrives_whole()
    {
        await using var member = await StartFilledAsync();
        var all = await member.RangeAsync("\0", "\0");

        Assert.Equal((Keys + LargeKeys, false), ((int)all.Count, all.More));
        Assert.Equal(Enumerable.Range(0, Keys).Select(i => $"k{i:d5}"), all.Kvs.Take(Keys).Select(kv => kv.Key.ToStringUtf8()));
        for (var i = 0; i < LargeKeys; i++)
        {
            Assert.Equal(new string((char)('a' + i), LargeValueBytes), all.Kvs[Keys + i].Value.ToStringUtf8());
        }

        Assert.Equal(member.Member.MemberId, all.Header.MemberId);
    }

    [Theory]
    [InlineData(1, "one piece")]
    [InlineData(3, "one piece")]
    [InlineData(4, "several pieces")]
    public async Task An_answer_of_any_size_about_a_megabyte_arrives_whole(int keys, string what)
    {
        await using var member = await StartFilledAsync();
        var all = await member.RangeAsync("large00", $"large{keys:d2}");

        Assert.Equal((keys, what), ((int)all.Count, keys * LargeValueBytes <= 1024 * 1024 ? "one piece" : "several pieces"));
        for (var i = 0; i < keys; i++)
        {
            Assert.Equal(new string((char)('a' + i), LargeValueBytes), all.Kvs[i].Value.ToStringUtf8());
        }

        Assert.Equal(member.Member.MemberId, all.Header.MemberId);
    }

    [Fact]
    public async Task A_limit_keys_alone_a_count_and_an_order_hold_for_a_long_range_too()
    {
        await using var member = await StartFilledAsync();
        var limited = await RangeAsync(member, new RangeRequest { Limit = 3 });
        var keys = await RangeAsync(member, new RangeRequest { KeysOnly = true });
        var count = await RangeAsync(member, new RangeRequest { CountOnly = true });
        var sorted = await RangeAsync(
            member,
            new RangeRequest
            {
                SortTarget = RangeRequest.Types.SortTarget.Value,
                SortOrder = RangeRequest.Types.SortOrder.Descend,
                Limit = 5000,
            }
        );

        Assert.Equal((Keys + LargeKeys, true, 3), ((int)limited.Count, limited.More, limited.Kvs.Count));
        Assert.Equal(Keys + LargeKeys, keys.Kvs.Count);
        Assert.All(keys.Kvs, kv => Assert.True(kv.Value.IsEmpty));
        Assert.Equal((Keys + LargeKeys, 0), ((int)count.Count, count.Kvs.Count));
        Assert.Equal((Keys + LargeKeys, true, 5000), ((int)sorted.Count, sorted.More, sorted.Kvs.Count));
        Assert.Equal("large11", sorted.Kvs[0].Key.ToStringUtf8());
        Assert.True(sorted.Kvs.Zip(sorted.Kvs.Skip(1), Ordered).All(static isOrdered => isOrdered));

        static bool Ordered(Api.Mvccpb.KeyValue one, Api.Mvccpb.KeyValue next) =>
            one.Value.Span.SequenceCompareTo(next.Value.Span) > 0;
    }

    [Fact]
    public async Task A_large_transaction_that_only_reads_arrives_whole()
    {
        await using var member = await StartFilledAsync();
        var nested = new TxnRequest();
        nested.Compare.Add(
            new Compare
            {
                Key = B("nowhere"),
                Target = Compare.Types.CompareTarget.Version,
                Result = Compare.Types.CompareResult.Greater,
                Version = 1,
            }
        );
        nested.Success.Add(Get(new RangeRequest { Key = B("k00001") }));
        nested.Failure.Add(Get(new RangeRequest { Key = B("large"), RangeEnd = s_end }));
        nested.Failure.Add(Get(new RangeRequest { Key = B("none") }));
        var txn = new TxnRequest();
        txn.Success.Add(
            Get(
                new RangeRequest
                {
                    Key = B("k"),
                    RangeEnd = B("l"),
                    Limit = 5500,
                }
            )
        );
        txn.Success.Add(new RequestOp { RequestTxn = nested });
        txn.Success.Add(Get(new RangeRequest { Key = B("k00002") }));

        var answer = await member.Channel.UnaryAsync(KvMethods.Txn, txn);

        Assert.True(answer.Succeeded);
        Assert.Equal(member.Member.MemberId, answer.Header.MemberId);
        Assert.Equal(3, answer.Responses.Count);
        var first = answer.Responses[0].ResponseRange;
        Assert.Equal((5500, true, Keys), (first.Kvs.Count, first.More, (int)first.Count));
        Assert.Equal(answer.Header.Revision, first.Header.Revision);
        var inner = answer.Responses[1].ResponseTxn;
        Assert.False(inner.Succeeded);
        Assert.Equal(2, inner.Responses.Count);
        Assert.Equal(LargeKeys, inner.Responses[0].ResponseRange.Kvs.Count);
        Assert.Equal(new string('a', LargeValueBytes), inner.Responses[0].ResponseRange.Kvs[0].Value.ToStringUtf8());
        Assert.Empty(inner.Responses[1].ResponseRange.Kvs);
        Assert.Equal("k00002", Assert.Single(answer.Responses[2].ResponseRange.Kvs).Key.ToStringUtf8());
    }

    [Fact]
    public async Task A_stream_with_a_target_has_the_order_of_a_range_over_the_whole_answer()
    {
        await using var member = await StartFilledAsync();
        foreach (var limit in new long[] { 0, 5000 })
        {
            var request = new RangeRequest
            {
                Key = s_end,
                RangeEnd = s_end,
                Limit = limit,
                SortTarget = RangeRequest.Types.SortTarget.Value,
            };
            var expected = await RangeAsync(member, request.Clone());
            using var call = member.Channel.Open(KvMethods.RangeStream);
            await call.WriteAsync(request);
            await call.CompleteWritesAsync();
            var pieces = new List<RangeResponse>();
            while (await call.MoveNextAsync())
            {
                pieces.Add(call.Current.RangeResponse);
            }

            Assert.True(pieces.Count > 1, "it came in one piece");
            Assert.Equal(expected.Kvs, pieces.SelectMany(piece => piece.Kvs));
            Assert.Equal((expected.More, expected.Count), (pieces[^1].More, pieces[^1].Count));
            Assert.All(pieces, piece => Assert.True(piece.CalculateSize() < 1024 * 1024));
        }
    }

    private static RequestOp Get(RangeRequest range) => new() { RequestRange = range };

    private static async Task<RangeResponse> RangeAsync(TestMember member, RangeRequest request)
    {
        request.Key = s_end;
        request.RangeEnd = s_end;
        return await member.Channel.UnaryAsync(KvMethods.Range, request);
    }
}
