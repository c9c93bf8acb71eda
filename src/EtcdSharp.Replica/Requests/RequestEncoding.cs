using System.Text;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Requests;

/// <summary>
/// The data of a log entry: an InternalRaftRequest with the client's request embedded as it came and a header with
/// the id, and with the caller where users are asked for. Written once, parsed in place by whoever applies it.
/// </summary>
internal static class RequestEncoding
{
    private const int HeaderField = 100;
    private const int HeaderIdField = 1;
    private const int HeaderUserField = 2;
    private const int HeaderAuthRevisionField = 3;
    private const int LegacyField = 2;
    private const int IdField = 1;

    public static int SizeOf(RequestKind kind, int bodyLength, ulong id, Caller? caller) =>
        ProtoWriter.SizeOfBytesField((int)kind, bodyLength) + ProtoWriter.SizeOfBytesField(HeaderField, HeaderSizeOf(id, caller));

    public static void Encode(Span<byte> destination, RequestKind kind, ReadOnlySpan<byte> body, ulong id, Caller? caller)
    {
        var writer = new ProtoWriter(destination);
        writer.WriteBytesField((int)kind, body);
        writer.WriteBytesHeader(HeaderField, HeaderSizeOf(id, caller));
        writer.WriteField(HeaderIdField, id);
        if (caller is not null)
        {
            writer.WriteBytesField(HeaderUserField, Encoding.UTF8.GetBytes(caller.User));
            writer.WriteField(HeaderAuthRevisionField, caller.Revision);
        }
    }

    /// <summary>
    /// Finds the request in an entry. Of several requests in one the first in etcd's order of looking would count;
    /// no release writes more than one. False when the data is no InternalRaftRequest.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> data, out DecodedRequest request)
    {
        request = default;
        ulong id = 0;
        var header = (Start: 0, Length: 0);
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
                    header = reader.ReadBytesRange();
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

        var (headerId, caller) = ReadHeader(data.Slice(header.Start, header.Length));
        request = new DecodedRequest(kind, id != 0 ? id : headerId, start, length, caller);
        return !reader.Failed;
    }

    private static int HeaderSizeOf(ulong id, Caller? caller)
    {
        var size = ProtoWriter.SizeOfField(HeaderIdField, id);
        return caller is null
            ? size
            : size
                + ProtoWriter.SizeOfBytesField(HeaderUserField, Encoding.UTF8.GetByteCount(caller.User))
                + ProtoWriter.SizeOfField(HeaderAuthRevisionField, caller.Revision);
    }

    private static (ulong Id, Caller? Caller) ReadHeader(ReadOnlySpan<byte> header)
    {
        var (id, authRevision) = (0UL, 0UL);
        var user = "";
        var reader = new ProtoReader(header);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case HeaderIdField:
                    id = reader.ReadUInt64();
                    break;
                case HeaderUserField:
                    user = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                case HeaderAuthRevisionField:
                    authRevision = reader.ReadUInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return reader.Failed ? (0, null)
            : user.Length == 0 && authRevision == 0 ? (id, null)
            : (id, new Caller(user, authRevision));
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
