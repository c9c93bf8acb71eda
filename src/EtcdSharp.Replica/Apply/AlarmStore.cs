using EtcdSharp.Api;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;

namespace EtcdSharp.Replica.Apply;

/// <summary>
/// The active alarms, replicated and kept in the alarm bucket: the encoded AlarmMember is the key, the value is
/// empty. Written by the apply loop, read by any thread.
/// </summary>
internal sealed class AlarmStore
{
    private readonly BackendStore _backend;
    private AlarmMember[] _active;

    public AlarmStore(BackendStore backend)
    {
        _backend = backend;
        _active = [.. backend.List(BackendBucket.Alarm).Select(pair => Decode(pair.Key))];
    }

    public bool AnyActive => Volatile.Read(ref _active).Length != 0;

    public bool IsActive(AlarmType type) => Array.Exists(Volatile.Read(ref _active), alarm => alarm.Alarm == type);

    /// <summary>The alarms of a type, of all types for <see cref="AlarmType.None"/>.</summary>
    public IReadOnlyList<AlarmMember> List(AlarmType type) =>
        Array.FindAll(Volatile.Read(ref _active), alarm => type == AlarmType.None || alarm.Alarm == type);

    /// <summary>Raises an alarm; one that is active already is answered as it is.</summary>
    public AlarmMember Activate(ulong memberId, AlarmType type)
    {
        if (Find(memberId, type) is { } present)
        {
            return present;
        }

        var alarm = new AlarmMember { MemberID = memberId, Alarm = type };
        _backend.Put(BackendBucket.Alarm, alarm.ToByteArray(), default);
        Volatile.Write(ref _active, [.. _active, alarm]);
        return alarm;
    }

    /// <summary>Ends an alarm; null when it was not active.</summary>
    public AlarmMember? Deactivate(ulong memberId, AlarmType type)
    {
        if (Find(memberId, type) is not { } present)
        {
            return null;
        }

        _backend.Delete(BackendBucket.Alarm, present.ToByteArray());
        Volatile.Write(ref _active, Array.FindAll(_active, alarm => !ReferenceEquals(alarm, present)));
        return present;
    }

    private static AlarmMember Decode(byte[] key)
    {
        try
        {
            return AlarmMember.Parser.ParseFrom(key);
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new InvalidDataException($"the alarm bucket has the key {Convert.ToHexString(key)}, which is no alarm", damage);
        }
    }

    private AlarmMember? Find(ulong memberId, AlarmType type) =>
        Array.Find(_active, alarm => alarm.MemberID == memberId && alarm.Alarm == type);
}
