using EtcdSharp.Api;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Clients;

/// <summary>A client that makes one call after the other, waits for the answer or gives up, and then tries another member.</summary>
internal sealed class SimClient
{
    private const long Timeout = 6 * Shape.Second;

    private readonly World _world;
    private readonly SeededRandom _random;
    private readonly List<long> _leases = [];
    private int _member;
    private long _call;
    private long _lastSeenRevision;

    public SimClient(World world, int number)
    {
        _world = world;
        _random = new SeededRandom(world.Shape.Seed + (ulong)number * 7919);
        _member = _random.Next(world.Members.Count);
    }

    public void Start() => ThinkThenCall();

    private void ThinkThenCall() =>
        _world.After(
            1 + (long)(_random.NextUInt64() % (ulong)(2 * _world.Shape.ThinkNanoseconds)),
            () =>
            {
                if (!_world.IsEnding)
                {
                    Call(_world.Clients.Invoked(Choose()));
                }
            }
        );

    private void Call(Operation operation)
    {
        var call = ++_call;
        var member = _world.Members[_member];
        _world.After(
            _world.Network.Delay(),
            () =>
                member.Do(
                    () =>
                        member.Handle(
                            operation,
                            answer => _world.After(_world.Network.Delay(), () => Answered(call, operation, answer))
                        ),
                    WorkSource.Client
                )
        );
        _world.After(
            Timeout,
            () =>
            {
                if (call == _call)
                {
                    GiveUp();
                }
            }
        );
    }

    private void Answered(long call, Operation operation, Answer answer)
    {
        if (call != _call)
        {
            return;
        }

        if (answer.IsUnknown)
        {
            GiveUp();
            return;
        }

        _call++;
        _world.Clients.Answered(operation, answer);
        _lastSeenRevision = Math.Max(_lastSeenRevision, answer.Revision);
        if (answer.Response is LeaseGrantResponse grant)
        {
            _leases.Add(grant.ID);
            _world.Leases.Promised(grant.ID, grant.TTL, operation.InvokedAt);
        }
        else if (answer.Response is LeaseKeepAliveResponse renewal)
        {
            _world.Leases.Promised(renewal.ID, renewal.TTL, operation.InvokedAt);
        }

        ThinkThenCall();
    }

    private void GiveUp()
    {
        _call++;
        _member = _random.Next(_world.Members.Count);
        ThinkThenCall();
    }

    private Operation Choose() =>
        _random.Next(100) switch
        {
            < 25 => Of(RequestKind.Put, NewPut()),
            < 45 => Of(RequestKind.Range, NewRange()),
            < 52 => Of(RequestKind.Range, NewRange(), isSerializable: true),
            < 62 => Of(RequestKind.DeleteRange, NewDelete()),
            < 74 => Of(RequestKind.Txn, CompareAndSwap()),
            < 82 => Of(RequestKind.Txn, ManyAtOnce()),
            < 86 => Of(RequestKind.LeaseGrant, new LeaseGrantRequest { ID = (long)_world.NextId(), TTL = 1 + _random.Next(12) }),
            < 93 when _leases.Count != 0 => Of(Operation.KeepAlive, new LeaseKeepAliveRequest { ID = Lease() }),
            < 95 when _world.Shape.QuotaBytes > 0 => MakeRoomAndDisarm(),
            < 95 when _leases.Count != 0 => Of(RequestKind.LeaseRevoke, new LeaseRevokeRequest { ID = Lease() }),
            < 97 => Of(
                RequestKind.Compaction,
                new CompactionRequest { Revision = Math.Max(1, _lastSeenRevision - _random.Next(12)) }
            ),
            _ => Of(RequestKind.Put, NewPut()),
        };

    /// <summary>An alarm of one member stops all of them, and a file gets smaller by a defragmentation alone.</summary>
    private Operation MakeRoomAndDisarm()
    {
        var member = _world.Members[_random.Next(_world.Members.Count)];
        if (_random.Next(2) == 0)
        {
            member.Do(member.Defragment);
        }

        return Disarm(_world, member);
    }

    /// <summary>What an operator does about a full file, besides making room.</summary>
    public static Operation Disarm(World world, SimMember member) =>
        new(
            world.NextId(),
            RequestKind.Alarm,
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Deactivate,
                MemberID = member.Id,
                Alarm = AlarmType.Nospace,
            }
        );

    private Operation Of(RequestKind kind, IMessage request, bool isSerializable = false) =>
        new(_world.NextId(), kind, request, isSerializable);

    /// <summary>Where a file has a quota, values are long enough to use it up.</summary>
    private int LongValueBytes => _world.Shape.QuotaBytes > 0 ? 4_000 : 200;

    private long Lease() => _leases[Math.Max(0, _leases.Count - 1 - _random.Next(4))];

    private ByteString Key() => ByteString.CopyFromUtf8($"k{_random.Next(_world.Shape.Keys):D2}");

    private ByteString End() => ByteString.CopyFromUtf8($"k{1 + _random.Next(_world.Shape.Keys):D2}");

    private PutRequest NewPut() =>
        new()
        {
            Key = Key(),
            Value = ByteString.CopyFromUtf8($"{_world.NextId()}{new string('x', _random.Next(8) == 0 ? LongValueBytes : 0)}"),
            PrevKv = _random.Next(3) == 0,
            Lease = _leases.Count != 0 && _random.Next(3) == 0 ? Lease() : 0,
        };

    private RangeRequest NewRange() =>
        _random.Next(3) switch
        {
            0 => new RangeRequest { Key = Key() },
            1 => new RangeRequest
            {
                Key = ByteString.CopyFromUtf8("k"),
                RangeEnd = ByteString.CopyFromUtf8("l"),
                Limit = _random.Next(3),
            },
            _ => new RangeRequest { Key = Key(), Revision = Math.Max(0, _lastSeenRevision - _random.Next(10)) },
        };

    private DeleteRangeRequest NewDelete()
    {
        var request = new DeleteRangeRequest { Key = Key(), PrevKv = _random.Next(3) == 0 };
        if (_random.Next(4) == 0)
        {
            request.RangeEnd = End();
        }

        return request;
    }

    private TxnRequest CompareAndSwap()
    {
        var key = Key();
        var compare = new Compare
        {
            Key = key,
            Target = Compare.Types.CompareTarget.Version,
            Result = Compare.Types.CompareResult.Equal,
        };
        switch (_random.Next(3))
        {
            case 0:
                compare.Version = _random.Next(3);
                break;
            case 1:
                compare.Target = Compare.Types.CompareTarget.Mod;
                compare.Result = Compare.Types.CompareResult.Less;
                compare.ModRevision = Math.Max(0, _lastSeenRevision - _random.Next(20));
                break;
            default:
                compare.Target = Compare.Types.CompareTarget.Value;
                compare.Result = Compare.Types.CompareResult.Greater;
                compare.Value = ByteString.CopyFromUtf8("15");
                break;
        }

        return new TxnRequest
        {
            Compare = { compare },
            Success = { new RequestOp { RequestPut = NewPut() } },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = key } } },
        };
    }

    private TxnRequest ManyAtOnce()
    {
        var txn = new TxnRequest();
        var first = _random.Next(_world.Shape.Keys);
        for (var i = 0; i < 3; i++)
        {
            var put = NewPut();
            put.Key = ByteString.CopyFromUtf8($"k{(first + i) % (_world.Shape.Keys + 2):D2}");
            txn.Success.Add(
                _random.Next(3) switch
                {
                    0 => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = put.Key } },
                    _ => new RequestOp { RequestPut = put },
                }
            );
        }

        var revision = _random.Next(4) == 0 ? Math.Max(0, _lastSeenRevision - _random.Next(30)) : 0;
        txn.Success.Add(
            new RequestOp
            {
                RequestRange = new RangeRequest { Key = Key(), Revision = revision },
            }
        );
        return txn;
    }
}
