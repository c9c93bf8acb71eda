namespace EtcdSharp.Edge.Identity;

/// <summary>A password that waits to be hashed or checked.</summary>
/// <param name="Run">Does it and completes whoever waits.</param>
/// <param name="Cancel">Tells whoever waits that it will not be done.</param>
internal sealed record PasswordWork(Action Run, Action<CancellationToken> Cancel);
