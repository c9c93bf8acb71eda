using EtcdSharp.Api.Errors;
using EtcdSharp.Node;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Replica;

namespace EtcdSharp.Server.Tests.Node;

public sealed class WaiterTableTests
{
    private static readonly NodeOptions Options = new();
    private static readonly ulong Slots = (ulong)Options.RequestsMax;

    private readonly WaiterTable _table = new(new RequestIds(7, DateTimeOffset.UnixEpoch), Options);

    [Fact]
    public async Task A_request_is_completed_once_with_its_own_result()
    {
        var task = Start(out var id);
        Assert.True(_table.IsWaiting(id));
        var taken = _table.TryTake(id, ApplyResult.Done(5));
        Assert.Null(_table.TryTake(id, ApplyResult.Done(6)));
        Assert.False(_table.IsWaiting(id));
        taken!.Complete();
        Assert.Equal(5, (await task).Revision);
    }

    [Fact]
    public void An_id_that_nobody_waits_for_finds_nobody()
    {
        Assert.Null(_table.TryTake(0, default));
        Assert.Null(_table.TryTake(1, default));
        Assert.Null(_table.TryTake(ulong.MaxValue, default));
    }

    [Fact]
    public async Task A_late_result_never_reaches_the_next_request_of_the_slot()
    {
        var first = Start(out var firstId, deadline: 10);
        Assert.Equal(1, _table.Sweep(nowNanoseconds: 10, static _ => EtcdError.Timeout));
        Assert.Same(EtcdError.Timeout, (await first).Error);

        // Once round the table the same slot is used again, under another id.
        ulong id;
        ValueTask<ApplyResult> next;
        do
        {
            next = Start(out id);
            if (id % Slots != firstId % Slots)
            {
                _table.TryTake(id, default)!.Complete();
                await next;
            }
        } while (id % Slots != firstId % Slots);

        Assert.Null(_table.TryTake(firstId, ApplyResult.Done(1)));
        _table.TryTake(id, ApplyResult.Done(2))!.Complete();
        Assert.Equal(2, (await next).Revision);
    }

    [Fact]
    public async Task Whoever_cancels_is_let_go_by_the_sweep()
    {
        using var cancellation = new CancellationTokenSource();
        var task = Start(out _, deadline: long.MaxValue, cancellation.Token);
        Assert.Equal(0, _table.Sweep(1, static _ => EtcdError.Timeout));
        await cancellation.CancelAsync();
        Assert.Equal(1, _table.Sweep(1, static _ => EtcdError.Timeout));
        Assert.Same(EtcdError.Canceled, (await task).Error);
    }

    [Fact]
    public void A_full_table_refuses()
    {
        for (var i = 0; i < (int)Slots; i++)
        {
            Assert.NotNull(_table.TryReserve(out _));
        }

        Assert.Null(_table.TryReserve(out _));
    }

    [Fact]
    public async Task Requests_of_many_threads_keep_apart_from_each_other()
    {
        const int perThread = 20_000;
        var swept = 0;
        var done = false;
        var sweeper = Task.Run(() =>
        {
            for (long now = 0; !Volatile.Read(ref done); now++)
            {
                swept += _table.Sweep(now, static _ => EtcdError.Timeout);
            }
        });
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(thread =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < perThread; i++)
                        {
                            var task = Start(out var id, deadline: i % 16 == 0 ? 0 : long.MaxValue);
                            if (_table.TryTake(id, ApplyResult.Done((long)id)) is { } taken)
                            {
                                taken.Complete();
                            }

                            var result = await task;
                            Assert.True(result.Error is not null || result.Revision == (long)id);
                        }
                    })
                )
        );
        Volatile.Write(ref done, true);
        await sweeper;
        Assert.True(swept < 4 * perThread);
    }

    private ValueTask<ApplyResult> Start(out ulong id, long deadline = long.MaxValue, CancellationToken cancellation = default)
    {
        var pending = _table.TryReserve(out id);
        Assert.NotNull(pending);
        return pending.Start(id, deadline, cancellation);
    }
}
