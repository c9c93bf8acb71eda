using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Server.Node;

/// <summary>
/// The data of a log entry: an InternalRaftRequest with the client's request embedded as it came and a header with
/// the id. Written once, parsed in place by whoever applies it.
/// </summary>
internal static class RequestEncoding
{
    private const int HeaderField = 100;
    private const int HeaderIdField = 1;
    private const int LegacyField = 2;
    private const int IdField = 1;

    public static int SizeOf(RequestKind kind, int bodyLength, ulong id) =>
        ProtoWriter.SizeOfBytesField((int)kind, bodyLength)
        + ProtoWriter.SizeOfBytesField(HeaderField, ProtoWriter.SizeOfField(HeaderIdField, id));

    public static void Encode(Span<byte> destination, RequestKind kind, ReadOnlySpan<byte> body, ulong id)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteBytesField((int)kind, body);
        writer.WriteBytesHeader(HeaderField, ProtoWriter.SizeOfField(HeaderIdField, id));
        writer.WriteField(HeaderIdField, id);
    }

    /// <summary>
    /// Finds the request in an entry. Of several requests in one the first in etcd's order of looking would count;
    /// no release writes more than one. False when the data is no InternalRaftRequest.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> data, out DecodedRequest request)
    {
        request = default;
        ulong id = 0;
        ulong headerId = 0;
        var kind = RequestKind.None;
        var (start, length) = (0, 0);
        var reader = new ProtoReader(data);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case IdField:
                    id = reader.ReadUInt64();
                    break;
                case LegacyField when reader.IsLengthDelimited:
                    // Either the envelope of an old request, or a bare one, whose method has this number and whose
                    // path and value have those of a range and a put.
                    request = default;
                    return false;
                case HeaderField:
                    headerId = ReadHeaderId(reader.ReadBytes());
                    break;
                case var field when reader.IsLengthDelimited && IsKnown((RequestKind)field):
                    kind = (RequestKind)field;
                    (start, length) = reader.ReadBytesRange();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        request = new DecodedRequest(kind, id != 0 ? id : headerId, start, length);
        return !reader.Failed;
    }

    private static ulong ReadHeaderId(ReadOnlySpan<byte> header)
    {
        ulong id = 0;
        var reader = new ProtoReader(header);
        while (reader.NextField())
        {
            if (reader.Field == HeaderIdField)
            {
                id = reader.ReadUInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return reader.Failed ? 0 : id;
    }

    private static bool IsKnown(RequestKind kind) =>
        kind switch
        {
            >= RequestKind.Range and <= RequestKind.LeaseCheckpoint => true,
            RequestKind.AuthEnable or RequestKind.AuthDisable or RequestKind.Authenticate or RequestKind.AuthStatus => true,
            >= RequestKind.AuthUserAdd and <= RequestKind.AuthRoleList => true,
            >= RequestKind.AuthRoleAdd and <= RequestKind.AuthRoleRevokePermission => true,
            >= RequestKind.ClusterVersionSet and <= RequestKind.DowngradeInfoSet => true,
            RequestKind.DowngradeVersionTest => true,
            _ => false,
        };
}
