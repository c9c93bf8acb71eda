using System.Collections.Immutable;
using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Grpc;
using EtcdSharp.Harness;
using EtcdSharp.Node.Loops;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;

namespace EtcdSharp.Server.Tests.Apply;

/// <summary>All that follow nested transactions down stop at a depth, whatever the flags and whoever wrote the entry.</summary>
public sealed class TxnDepthTests
{
    [Fact]
    public void A_request_is_refused_at_the_depth_of_the_usual_limit_of_operations_whatever_the_flag_says()
    {
        Assert.Null(KvChecks.CheckTxn(NestedTxn.Of(TxnDepth.RequestMax), int.MaxValue, out _));
        Assert.Same(EtcdError.TooManyOps, KvChecks.CheckTxn(NestedTxn.Of(TxnDepth.RequestMax + 1), int.MaxValue, out _));
        Assert.Same(EtcdError.TooManyOps, KvChecks.CheckTxn(NestedTxn.Of(100_000), int.MaxValue, out _));
    }

    [Fact]
    public void The_cost_of_a_transaction_is_counted_down_to_a_depth()
    {
        Assert.NotEqual(0, Quota.CostOf(RequestKind.Txn, NestedTxn.Of(TxnDepth.RequestMax)));
        OnApplyStack(static () => Assert.Equal(0, Quota.CostOf(RequestKind.Txn, NestedTxn.Of(100_000))));
    }

    [Fact]
    public void Permissions_are_looked_at_down_to_a_depth()
    {
        var view = new AuthView
        {
            IsEnabled = false,
            Revision = 1,
            Roles = ImmutableDictionary<string, Role>.Empty,
            Users = ImmutableDictionary<string, AuthUser>.Empty,
        };
        OnApplyStack(() =>
        {
            var permissions = new RequestPermissions(view, null, null!);
            Assert.Null(permissions.CheckTxn(NestedTxn.Of(TxnDepth.EntryMax)));
            Assert.Same(EtcdError.TooManyOps, permissions.CheckTxn(NestedTxn.Of(TxnDepth.EntryMax + 1)));
            Assert.Same(EtcdError.TooManyOps, permissions.CheckTxn(NestedTxn.Of(100_000)));
        });
    }

    /// <summary>Real members may have written what our edge does not take.</summary>
    [Fact]
    public void An_entry_is_carried_out_at_the_greatest_depth_that_a_real_member_writes_and_refused_beyond()
    {
        using var applied = new AppliedStore(AnswerMemory.Shared);
        OnApplyStack(() =>
        {
            using var reader = applied.Store.BeginRead();
            var txn = NestedTxn.Of(TxnDepth.EntryMax, new TxnRequest());
            var execution = new TxnExecution();
            Assert.Null(execution.Check(txn, reader, static _ => true));
            var body = ResponseBody.Rent(AnswerMemory.Shared);
            execution.Execute(txn, reader, null, body);
            Assert.True(body.Length > TxnDepth.EntryMax);
            body.Dispose();

            Assert.Same(EtcdError.TooManyOps, Refusal(TxnDepth.EntryMax + 1));
            Assert.Same(EtcdError.TooManyOps, Refusal(100_000));

            EtcdError? Refusal(int depth) => new TxnExecution().Check(NestedTxn.Of(depth), reader, static _ => true);
        });
    }

    /// <summary>As much stack as the apply loop has.</summary>
    private static void OnApplyStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception failed)
                {
                    failure = failed;
                }
            },
            ApplyLoop.StackBytes
        );
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
