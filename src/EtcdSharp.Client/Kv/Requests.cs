using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>Makes the messages of the API from options.</summary>
internal static class Requests
{
    private static readonly GetOptions s_get = new();
    private static readonly PutOptions s_put = new();

    public static RangeRequest Range(KeyPrefix prefix, KeyRange range, GetOptions? options)
    {
        options ??= s_get;
        return new RangeRequest
        {
            Key = prefix.Key(range.Start),
            RangeEnd = prefix.End(range.End),
            Revision = options.Revision,
            Limit = options.Limit,
            SortTarget = Target(options.SortBy ?? SortTarget.Key),
            SortOrder =
                options.Descending ? RangeRequest.Types.SortOrder.Descend
                : options.SortBy is null || options.LimitFirst ? RangeRequest.Types.SortOrder.None
                : RangeRequest.Types.SortOrder.Ascend,
            Serializable = options.Serializable,
            KeysOnly = options.KeysOnly,
            CountOnly = options.CountOnly,
            MinModRevision = options.MinModRevision,
            MaxModRevision = options.MaxModRevision,
            MinCreateRevision = options.MinCreateRevision,
            MaxCreateRevision = options.MaxCreateRevision,
        };
    }

    public static PutRequest Put(KeyPrefix prefix, EtcdBytes key, EtcdBytes value, PutOptions? options)
    {
        options ??= s_put;
        return new PutRequest
        {
            Key = prefix.Key(key),
            Value = value.ToByteString(),
            Lease = options.Lease,
            PrevKv = options.PreviousValue,
            IgnoreValue = options.KeepValue,
            IgnoreLease = options.KeepLease,
        };
    }

    public static DeleteRangeRequest Delete(KeyPrefix prefix, KeyRange range, DeleteOptions? options) =>
        new()
        {
            Key = prefix.Key(range.Start),
            RangeEnd = prefix.End(range.End),
            PrevKv = options is { PreviousValues: true },
        };

    private static RangeRequest.Types.SortTarget Target(SortTarget target) =>
        target switch
        {
            SortTarget.Key => RangeRequest.Types.SortTarget.Key,
            SortTarget.Version => RangeRequest.Types.SortTarget.Version,
            SortTarget.CreateRevision => RangeRequest.Types.SortTarget.Create,
            SortTarget.ModRevision => RangeRequest.Types.SortTarget.Mod,
            SortTarget.Value => RangeRequest.Types.SortTarget.Value,
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "no such order"),
        };
}
