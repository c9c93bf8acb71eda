using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;

namespace EtcdSharp.Replica.Apply;

/// <summary>What a client hears when the store refuses.</summary>
internal static class MvccErrors
{
    public static EtcdError Of(MvccStatus status) =>
        status switch
        {
            MvccStatus.Compacted => EtcdError.Compacted,
            MvccStatus.FutureRevision => EtcdError.FutureRev,
            MvccStatus.KeyNotFound => EtcdError.KeyNotFound,
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "is no refusal"),
        };
}
