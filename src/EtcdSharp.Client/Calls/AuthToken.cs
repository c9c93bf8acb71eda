using EtcdSharp.Grpc;

namespace EtcdSharp.Client;

/// <summary>A token and the headers that carry it, made once. Compared by reference: each renewal is a new object.</summary>
internal sealed class AuthToken
{
    /// <summary>Of a client without credentials, or of one whose server has authentication switched off.</summary>
    public static AuthToken None { get; } = new(null);

    private readonly GrpcMetadata? plain;
    private readonly GrpcMetadata withLeader;

    public AuthToken(string? value)
    {
        plain = value is null ? null : new GrpcMetadata { { "token", value } };
        withLeader = new GrpcMetadata { { "hasleader", "true" } };
        if (value is not null)
        {
            withLeader.Add("token", value);
        }
    }

    public GrpcMetadata? Headers(bool requireLeader) => requireLeader ? withLeader : plain;
}
