using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Replica.Auth;

/// <summary>A user with what the roles permit, put together once for all requests. Never changed.</summary>
/// <param name="Stored">As the bucket has it.</param>
/// <param name="Readable">The keys the user may read.</param>
/// <param name="Writable">The keys the user may put and delete.</param>
internal sealed record AuthUser(User Stored, KeyRanges Readable, KeyRanges Writable)
{
    public const string RootName = "root";

    /// <summary>The role to which everything is permitted, and nothing can be granted or refused.</summary>
    public const string RootRole = "root";

    public bool IsRoot { get; } = Stored.Roles.Contains(RootRole);

    /// <summary>Such a user has a certificate, and never gets a token for a password.</summary>
    public bool HasNoPassword => Stored.Options is { NoPassword: true };
}
