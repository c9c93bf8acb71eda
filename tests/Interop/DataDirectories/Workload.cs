using System.Globalization;
using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Interop.DataDirectories;

/// <summary>Writes of every kind that leaves something in the files.</summary>
internal static class Workload
{
    private const int KeysPerTxn = 100;

    /// <summary>A compaction looks at all entries and rests 10 ms after each thousand; of a million nobody waits for its end.</summary>
    private const int PhysicalKeysMax = 20_000;

    /// <summary>A turn of a server: new keys, some with a lease, overwritten and deleted ones, an alarm set or cleared, a compaction.</summary>
    public static async Task WriteAsync(EtcdEndpoint etcd, int turn, int keys)
    {
        if (turn % 2 == 1)
        {
            // Found as the other server has left it, and in the way of writes until it is cleared.
            var refused = await Assert.ThrowsAsync<GrpcFailure>(() => etcd.Put(new PutRequest { Key = Text("full") }));
            Assert.Equal(GrpcCode.ResourceExhausted, refused.Code);
            await SetAlarmAsync(etcd, AlarmRequest.Types.AlarmAction.Deactivate);
        }

        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100_000, ID = 1000 + turn })).ID;
        for (var from = 0; from < keys; from += KeysPerTxn)
        {
            await etcd.Txn(Batch(turn, from, Math.Min(KeysPerTxn, keys - from), lease));
        }

        for (var i = 0; i < Math.Min(keys, 20); i++)
        {
            await etcd.Put(new PutRequest { Key = KeyOf(turn, i), Value = Text($"again {turn}") });
        }

        await etcd.DeleteRange(new DeleteRangeRequest { Key = KeyOf(turn, 5), RangeEnd = KeyOf(turn, 10) });
        var revision = (await etcd.Put(new PutRequest { Key = Text("last"), Value = Text($"turn {turn}") })).Header.Revision;
        await etcd.Compact(
            new CompactionRequest { Revision = revision - 15, Physical = turn % 3 == 0 && keys <= PhysicalKeysMax }
        );
        if (turn > 1)
        {
            await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = 1000 + turn - 2 });
        }

        if (turn % 2 == 0)
        {
            await SetAlarmAsync(etcd, AlarmRequest.Types.AlarmAction.Activate);
        }
    }

    /// <summary>Users and roles of a turn, and changes to those of the turn before, while authentication is off.</summary>
    public static async Task ChangeUsersAsync(EtcdEndpoint etcd, int turn)
    {
        var auth = new Users(etcd);
        var (user, role) = ($"user-{turn}", $"role-{turn}");
        await auth.AddRoleAsync(role);
        await auth.GrantAsync(role, "k/", "k0", Permission.Types.Type.Read);
        await auth.GrantAsync(role, "own", "", Permission.Types.Type.Readwrite);
        await auth.AddUserAsync(user, $"secret-{turn}");
        await auth.GrantRoleAsync(user, role);
        if (turn == 0)
        {
            return;
        }

        await auth.ChangePasswordAsync($"user-{turn - 1}", "another");
        await auth.GrantRoleAsync($"user-{turn - 1}", role);
        if (turn % 3 == 2)
        {
            await auth.DeleteRoleAsync($"role-{turn - 1}");
            await auth.DeleteUserAsync($"user-{turn - 2}");
        }
    }

    private static TxnRequest Batch(int turn, int from, int count, long lease)
    {
        var txn = new TxnRequest();
        for (var i = from; i < from + count; i++)
        {
            var put = new PutRequest
            {
                Key = KeyOf(turn, i),
                Value = Text($"value {i} of turn {turn}"),
                Lease = i % 10 == 3 ? lease : 0,
            };
            txn.Success.Add(new RequestOp { RequestPut = put });
        }

        return txn;
    }

    private static async Task SetAlarmAsync(EtcdEndpoint etcd, AlarmRequest.Types.AlarmAction action)
    {
        var member = (await etcd.Status()).Header.MemberId;
        await etcd.Alarm(
            new AlarmRequest
            {
                Action = action,
                MemberID = member,
                Alarm = AlarmType.Nospace,
            }
        );
    }

    private static ByteString KeyOf(int turn, int i) => Text(string.Create(CultureInfo.InvariantCulture, $"k/{turn:d2}/{i:d7}"));

    private static ByteString Text(string text) => ByteString.CopyFromUtf8(text);
}
