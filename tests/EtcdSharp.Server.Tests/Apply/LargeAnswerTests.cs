using System.Buffers;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;
using CompareResult = EtcdSharp.Api.Compare.Types.CompareResult;
using CompareTarget = EtcdSharp.Api.Compare.Types.CompareTarget;

namespace EtcdSharp.Server.Tests.Apply;

/// <summary>What a request of some bytes can make of the store's bytes at apply: it is bounded, and no size of it throws.</summary>
public sealed class LargeAnswerTests
{
    private const int KeyCount = 16;
    private const int ValueBytes = 64 * 1024;
    private const long AnswerBytesMax = 24L * ValueBytes;

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    private static RangeRequest All => new() { Key = Bytes("k"), RangeEnd = Bytes("l") };

    private static RequestOp RangeOfAll => new() { RequestRange = All };

    private static RequestOp PutOf(string key) =>
        new()
        {
            RequestPut = new PutRequest { Key = Bytes(key), Value = Bytes("new") },
        };

    private static AppliedStore Filled(AnswerMemory answers)
    {
        var applied = new AppliedStore(answers);
        var value = ByteString.CopyFrom(new byte[ValueBytes]);
        for (var i = 0; i < KeyCount; i++)
        {
            applied.Apply(RequestKind.Put, new PutRequest { Key = Bytes($"k{i:d2}"), Value = value });
        }

        return applied;
    }

    private static string ValueOf(AppliedStore applied, string key)
    {
        using var found = RangeResult.Rent();
        Assert.Equal(MvccStatus.Ok, applied.Store.Range(new RangeQuery { Key = Bytes(key).Span }, found));
        return RangeResponse.Parser.ParseFrom(found.Framed).Kvs.SingleOrDefault()?.Value.ToStringUtf8() ?? "";
    }

    private static TxnRequest Txn(params RequestOp[] operations)
    {
        var txn = new TxnRequest();
        txn.Success.AddRange(operations);
        return txn;
    }

    [Fact]
    public void A_compare_over_a_range_collects_nothing_of_it()
    {
        using var applied = Filled(AnswerMemory.Shared);
        foreach (var target in (CompareTarget[])[CompareTarget.Value, CompareTarget.Version, CompareTarget.Lease])
        {
            var compare = new Compare
            {
                Key = Bytes("k"),
                RangeEnd = Bytes("l"),
                Target = target,
                Result = CompareResult.NotEqual,
            };
            switch (target)
            {
                case CompareTarget.Value:
                    compare.Value = Bytes("other");
                    break;
                case CompareTarget.Version:
                    compare.Version = 77;
                    break;
                default:
                    compare.Lease = 77;
                    break;
            }

            var txn = Txn(PutOf("seen"));
            txn.Compare.Add(compare);
            applied.Apply(RequestKind.Txn, txn).Drop();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = applied.Apply(RequestKind.Txn, txn);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(TxnResponse.Parser.ParseFrom(result.Body!.Written).Succeeded, $"{target}");
            result.Body.Dispose();
            Assert.InRange(allocated, 0, ValueBytes);
        }
    }

    [Fact]
    public void A_transaction_whose_answer_is_too_large_is_done_and_not_answered()
    {
        var answers = new AnswerMemory(AnswerBytesMax, AnswerBytesMax, AnswerBytesMax * 4);
        using var applied = Filled(answers);
        var before = applied.Store.CurrentRevision;

        var result = applied.Apply(RequestKind.Txn, Txn(PutOf("a"), RangeOfAll, RangeOfAll, PutOf("z"), RangeOfAll));

        Assert.Equal(EtcdErrorCode.ResourceExhausted, result.Error?.Code);
        Assert.StartsWith("grpc: trying to send message larger than max (", result.Error!.Message, StringComparison.Ordinal);
        Assert.True(result.IsApplied);
        Assert.Null(result.Body);
        Assert.Equal(before + 1, applied.Store.CurrentRevision);
        Assert.Equal(("new", "new"), (ValueOf(applied, "a"), ValueOf(applied, "z")));
        Assert.Equal(0, answers.HeldBytes);
    }

    [Fact]
    public void A_former_value_that_is_too_large_is_not_answered_but_replaced()
    {
        using var applied = Filled(new AnswerMemory(ValueBytes / 2, ValueBytes, ValueBytes));
        var put = new PutRequest
        {
            Key = Bytes("k00"),
            Value = Bytes("new"),
            PrevKv = true,
        };
        var delete = new DeleteRangeRequest
        {
            Key = Bytes("k"),
            RangeEnd = Bytes("l"),
            PrevKv = true,
        };

        Assert.Equal(EtcdErrorCode.ResourceExhausted, applied.Apply(RequestKind.Put, put).Error?.Code);
        Assert.Equal("new", ValueOf(applied, "k00"));
        Assert.Equal(EtcdErrorCode.ResourceExhausted, applied.Apply(RequestKind.DeleteRange, delete).Error?.Code);
        Assert.Equal("", ValueOf(applied, "k00"));
        Assert.Equal("", ValueOf(applied, "k15"));
    }

    /// <summary>The fields of the response after its header, wherever they are; gives the result's memory back.</summary>
    private static byte[] Read(in ApplyResult result)
    {
        Assert.Null(result.Error);
        var bytes = result.Response is StoredAnswer stored ? stored.ToArray() : result.Body!.Written.ToArray();
        result.Drop();
        return bytes;
    }

    [Fact]
    public void A_large_answer_refers_to_the_values_and_is_framed_as_a_copied_one()
    {
        using var applied = Filled(AnswerMemory.Shared);
        var nested = Txn(RangeOfAll, PutOf("inner"), RangeOfAll);
        var deepest = nested.Clone();
        deepest.Success[1].RequestPut.Key = Bytes("innermost");
        var outer = Txn(
            RangeOfAll,
            new RequestOp { RequestTxn = nested },
            new RequestOp { RequestTxn = new TxnRequest() },
            new RequestOp { RequestTxn = Txn(new RequestOp { RequestTxn = deepest }, PutOf("outer")) },
            new RequestOp
            {
                RequestDeleteRange = new DeleteRangeRequest
                {
                    Key = Bytes("k"),
                    RangeEnd = Bytes("l"),
                    PrevKv = true,
                },
            }
        );

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = applied.Apply(RequestKind.Txn, outer);

        // Six times the values are asked for; what is copied is less than two.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * AnswerMemory.CopiedBytesMax);
        var answer = Assert.IsType<StoredAnswer>(result.Response);
        Assert.True(answer.Bytes > 6L * KeyCount * ValueBytes);

        // A piece at a time, as the client takes them, with room for other than whole values.
        var bytes = new byte[answer.Bytes];
        var written = 0;
        for (var isWritten = false; !isWritten; )
        {
            isWritten = answer.Write(bytes.AsSpan(written, Math.Min(50_000, bytes.Length - written)), 3, out var length);
            written += length;
        }

        Assert.Equal(bytes.Length, written);
        var response = TxnResponse.Parser.ParseFrom(bytes);
        Assert.Equal(bytes.Length, response.CalculateSize());
        Assert.Equal(5, response.Responses.Count);
        Assert.Equal(KeyCount, response.Responses[0].ResponseRange.Kvs.Count);
        Assert.Equal(KeyCount, response.Responses[1].ResponseTxn.Responses[2].ResponseRange.Kvs.Count);
        Assert.Empty(response.Responses[2].ResponseTxn.Responses);
        var deep = response.Responses[3].ResponseTxn.Responses[0].ResponseTxn;
        Assert.All(deep.Responses[2].ResponseRange.Kvs, static found => Assert.Equal(ValueBytes, found.Value.Length));
        Assert.Equal(KeyCount, response.Responses[4].ResponseDeleteRange.PrevKvs.Count);
        result.Drop();
    }

    [Fact]
    public async Task What_a_large_answer_refers_to_is_kept_from_a_compaction_until_it_is_written()
    {
        using var applied = Filled(AnswerMemory.Shared);
        var old = RangeOfAll.Clone();
        old.RequestRange.Revision = applied.Store.CurrentRevision;
        var overwrites = new TxnRequest();
        for (var i = 0; i < KeyCount; i++)
        {
            overwrites.Success.Add(PutOf($"k{i:d2}"));
        }

        applied.Apply(RequestKind.Txn, overwrites).Drop();
        var delete = new DeleteRangeRequest
        {
            Key = Bytes("k"),
            RangeEnd = Bytes("l"),
            PrevKv = true,
        };
        var result = applied.Apply(RequestKind.Txn, Txn(old, old, new RequestOp { RequestDeleteRange = delete }));
        Assert.IsType<StoredAnswer>(result.Response);
        var compaction = new CompactionRequest { Revision = applied.Store.CurrentRevision };
        var compacted = Assert.IsAssignableFrom<Task>(applied.Apply(RequestKind.Compaction, compaction).Response);

        Assert.False(compacted.IsCompleted);
        var response = TxnResponse.Parser.ParseFrom(Read(result));
        Assert.All(response.Responses[1].ResponseRange.Kvs, static found => Assert.Equal(ValueBytes, found.Value.Length));
        Assert.Equal(KeyCount, response.Responses[2].ResponseDeleteRange.PrevKvs.Count);
        await compacted.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_copied_answer_is_framed_over_many_buffers()
    {
        using var applied = new AppliedStore(AnswerMemory.Shared);
        Fill(applied, keys: 1000);
        var nested = Txn(RangeOfAll, PutOf("inner"));
        var response = TxnResponse.Parser.ParseFrom(
            Read(applied.Apply(RequestKind.Txn, Txn(RangeOfAll, new RequestOp { RequestTxn = nested }, RangeOfAll)))
        );

        Assert.Equal(1000, response.Responses[0].ResponseRange.Kvs.Count);
        Assert.Equal(1000, response.Responses[1].ResponseTxn.Responses[0].ResponseRange.Kvs.Count);
        Assert.Equal(1000, response.Responses[2].ResponseRange.Kvs.Count);
    }

    [Fact]
    public void Answers_that_wait_to_be_sent_are_bounded_together_and_small_ones_are_always_made()
    {
        const long total = 20L * 1024 * 1024;
        var answers = new AnswerMemory(int.MaxValue, 16L * 1024 * 1024, total);
        using var applied = new AppliedStore(answers);
        Fill(applied, keys: 2000);
        var large = Txn([PutOf("a"), .. Enumerable.Repeat(RangeOfAll, 30)]);
        List<ApplyResult> waiting = [];
        ApplyResult result;
        while ((result = applied.Apply(RequestKind.Txn, large)).Error is null)
        {
            waiting.Add(result);
            Assert.InRange(answers.HeldBytes, 1, total);
        }

        Assert.InRange(waiting.Count, 1, 4);
        Assert.Equal(EtcdErrorCode.ResourceExhausted, result.Error?.Code);
        var small = applied.Apply(RequestKind.Txn, Txn(PutOf("b"), RangeOfAll));
        Assert.Null(small.Error);
        small.Drop();
        waiting.ForEach(static unsent => unsent.Drop());
        Assert.Equal(0, answers.HeldBytes);
        var sent = applied.Apply(RequestKind.Txn, large);
        Assert.Null(sent.Error);
        sent.Drop();
    }

    /// <summary>With values so short that an answer has a copy of them.</summary>
    private static void Fill(AppliedStore applied, int keys)
    {
        var value = ByteString.CopyFrom(new byte[200]);
        for (var i = 0; i < keys; i++)
        {
            applied.Apply(RequestKind.Put, new PutRequest { Key = Bytes($"k{i:d5}"), Value = value });
        }
    }
}
