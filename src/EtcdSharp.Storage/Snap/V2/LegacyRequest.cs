using System.Text;
using System.Text.Json;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Storage.Snap.V2;

/// <summary>
/// A request in the form of the old store (etcdserverpb.Request). Releases up to 3.5 put it into log entries for two
/// things only: a member publishing its name and client URLs, and the cluster's version.
/// </summary>
internal sealed class LegacyRequest
{
    private const string Put = "PUT";
    private const string VersionPath = "/0/version";
    private const string MembersPrefix = "/0/members/";
    private const string AttributesSuffix = "/attributes";

    public LegacyRequestKind Kind { get; private init; }

    /// <summary>The id under which the proposer waits for the request.</summary>
    public ulong RequestId { get; private init; }

    public string Method { get; private init; } = string.Empty;

    public string Path { get; private init; } = string.Empty;

    public string Value { get; private init; } = string.Empty;

    /// <summary>With <see cref="LegacyRequestKind.MemberAttributes"/>: the member, its name and its client URLs.</summary>
    public ulong MemberId { get; private init; }

    public string Name { get; private init; } = string.Empty;

    public IReadOnlyList<string> ClientUrls { get; private init; } = [];

    /// <summary>With <see cref="LegacyRequestKind.ClusterVersion"/>.</summary>
    public string ClusterVersion => Kind == LegacyRequestKind.ClusterVersion ? Value : string.Empty;

    /// <summary>
    /// Finds the old store's request in an entry's data: it is field 2 of an InternalRaftRequest or, as releases up to
    /// 3.5 write it, all of the data. Field 2 of the latter is the method, and no method's text is a valid message. False when
    /// the entry is none; null and the reason when it is one that cannot be read.
    /// </summary>
    public static bool TryFindInEntry(ReadOnlySpan<byte> entryData, out LegacyRequest? request, out string? problem)
    {
        request = null;
        problem = null;
        var reader = new ProtoReader(entryData);
        while (reader.NextField())
        {
            if (reader.Field != 2)
            {
                reader.Skip();
                continue;
            }

            var second = reader.ReadBytes();
            if (reader.Failed)
            {
                return false;
            }

            request = TryDecode(IsMethod(second) ? entryData : second, out problem);
            return true;
        }

        return false;
    }

    /// <summary>Reads a Request message; null and the reason when it is malformed.</summary>
    public static LegacyRequest? TryDecode(ReadOnlySpan<byte> message, out string? problem)
    {
        ulong id = 0;
        var (method, path, value) = (string.Empty, string.Empty, string.Empty);
        var reader = new ProtoReader(message);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    id = reader.ReadUInt64();
                    break;
                case 2:
                    method = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                case 3:
                    path = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                case 4:
                    value = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed)
        {
            problem = "the message is no etcdserverpb.Request";
            return null;
        }

        return Classify(
            new LegacyRequest
            {
                RequestId = id,
                Method = method,
                Path = path,
                Value = value,
            },
            out problem
        );
    }

    private static LegacyRequest? Classify(LegacyRequest request, out string? problem)
    {
        problem = null;
        if (!string.Equals(request.Method, Put, StringComparison.Ordinal))
        {
            return request;
        }

        if (string.Equals(request.Path, VersionPath, StringComparison.Ordinal))
        {
            return request.As(LegacyRequestKind.ClusterVersion);
        }

        if (
            !request.Path.StartsWith(MembersPrefix, StringComparison.Ordinal)
            || !request.Path.EndsWith(AttributesSuffix, StringComparison.Ordinal)
            || request.Path.Length <= MembersPrefix.Length + AttributesSuffix.Length
        )
        {
            return request;
        }

        try
        {
            var member = V2StoreDocument.ParseId(request.Path[MembersPrefix.Length..^AttributesSuffix.Length]);
            var (name, clientUrls) = V2StoreDocument.ReadAttributes(request.Value);
            return request.As(LegacyRequestKind.MemberAttributes, member, name, clientUrls);
        }
        catch (Exception malformed) when (V2StoreDocument.IsMalformed(malformed))
        {
            problem = $"the attributes of {request.Path} are malformed: {malformed.Message}";
        }

        return null;
    }

    private static bool IsMethod(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("PUT"u8)
        || text.SequenceEqual("SYNC"u8)
        || text.SequenceEqual("POST"u8)
        || text.SequenceEqual("DELETE"u8)
        || text.SequenceEqual("QGET"u8)
        || text.SequenceEqual("GET"u8);

    private LegacyRequest As(
        LegacyRequestKind kind,
        ulong memberId = 0,
        string name = "",
        IReadOnlyList<string>? clientUrls = null
    ) =>
        new()
        {
            Kind = kind,
            RequestId = RequestId,
            Method = Method,
            Path = Path,
            Value = Value,
            MemberId = memberId,
            Name = name,
            ClientUrls = clientUrls ?? [],
        };
}
