namespace EtcdSharp.Replica.Tokens;

/// <summary>The first word of <c>--auth-token</c>.</summary>
internal enum TokenKind
{
    /// <summary>Empty: users are known by their certificates alone.</summary>
    None,

    /// <summary>Random text that the members remember.</summary>
    Simple,

    /// <summary>Signed text.</summary>
    Jwt,
}
