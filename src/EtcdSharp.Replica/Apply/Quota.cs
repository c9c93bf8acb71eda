using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Replica.Apply;

/// <summary>Estimates whether a request still fits into the backend's quota; the estimates are etcd's.</summary>
internal sealed class Quota
{
    /// <summary>The quota when none is configured: 2 GiB.</summary>
    public const long DefaultBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>What a key costs beside its own bytes and those of its value.</summary>
    private const int KeyOverheadBytes = 256;

    /// <summary>What a lease costs.</summary>
    private const int LeaseBytes = 64;

    private readonly BackendStore _backend;

    /// <param name="configuredBytes">0 for the default, negative for none.</param>
    public Quota(BackendStore backend, long configuredBytes)
    {
        _backend = backend;
        Bytes = configuredBytes == 0 ? DefaultBytes : configuredBytes;
    }

    /// <summary>Negative when there is none.</summary>
    public long Bytes { get; }

    /// <summary>Whether requests of this kind are asked what they cost.</summary>
    public bool Guards(RequestKind kind) => Bytes >= 0 && kind is (RequestKind.Put or RequestKind.Txn or RequestKind.LeaseGrant);

    public bool HasRoomFor(RequestKind kind, ReadOnlySpan<byte> body) => !Guards(kind) || HasRoomFor(CostOf(kind, body));

    /// <summary>For whoever knows what the request costs, see <see cref="CostOf(RequestKind, ReadOnlySpan{byte})"/>.</summary>
    public bool HasRoomFor(long cost) => cost == 0 || Bytes < 0 || _backend.SizeBytes + cost < Bytes;

    /// <summary>The bytes by which a request may let the backend grow; 0 for what does not grow it.</summary>
    public static long CostOf(RequestKind kind, ReadOnlySpan<byte> body) =>
        kind switch
        {
            RequestKind.Put => CostOfPut(body),
            RequestKind.Txn => CostOfTxn(body, 0),
            RequestKind.LeaseGrant => LeaseBytes,
            _ => 0,
        };

    public static long CostOf(in PutArguments put) => KeyOverheadBytes + put.Key.Length + put.Value.Length;

    private static long CostOfPut(ReadOnlySpan<byte> body) => RequestParsing.TryReadPut(body, out var put) ? CostOf(put) : 0;

    /// <summary>The dearer of the two branches, for nested transactions too.</summary>
    private static long CostOfTxn(ReadOnlySpan<byte> body, int depth)
    {
        long success = 0;
        long failure = 0;
        var reader = new ProtoReader(body);
        while (depth <= TxnDepth.EntryMax && reader.NextField())
        {
            switch (reader.Field)
            {
                case 2:
                    success += CostOfOperation(reader.ReadBytes(), depth);
                    break;
                case 3:
                    failure += CostOfOperation(reader.ReadBytes(), depth);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return Math.Max(success, failure);
    }

    private static long CostOfOperation(ReadOnlySpan<byte> operation, int depth)
    {
        if (!RequestParsing.TryReadOperation(operation, out var kind, out var request))
        {
            return 0;
        }

        return kind switch
        {
            OperationKind.Put => CostOfPut(request),
            OperationKind.Txn => CostOfTxn(request, depth + 1),
            _ => 0,
        };
    }
}
