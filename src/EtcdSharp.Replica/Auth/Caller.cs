namespace EtcdSharp.Replica.Auth;

/// <summary>Who asks: the user's name, and the revision of users and roles that the token was checked at.</summary>
internal sealed record Caller(string User, ulong Revision);
