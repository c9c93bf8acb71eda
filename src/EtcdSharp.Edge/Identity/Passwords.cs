using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Identity;

/// <summary>Makes and checks the stored forms of passwords, at the cost that <c>--bcrypt-cost</c> asks for.</summary>
internal sealed class Passwords
{
    /// <summary>
    /// bcrypt looks at 72 bytes and etcd ignores the rest; no longer password than this is taken to compare, so that those that
    /// wait hold a bounded amount of memory.
    /// </summary>
    public const int CharactersMax = 4096;

    private const int DefaultCost = 10;

    private readonly PasswordWorkers _workers = new();
    private readonly IRandomness _randomness;
    private readonly int _cost;

    public Passwords(int cost, IRandomness randomness, ILogger logger)
    {
        _randomness = randomness;
        _cost = cost;
        if (cost is < PasswordHash.CostMin or > PasswordHash.CostMax)
        {
            _cost = DefaultCost;
            AuthLog.BcryptCostReplaced(logger, PasswordHash.CostMin, PasswordHash.CostMax, DefaultCost, cost);
        }
    }

    /// <summary>Takes its time, and the processor's: not for a thread that others wait for.</summary>
    public byte[] Hash(string password) => PasswordHash.Create(password, _cost, _randomness);

    /// <summary>The stored form, made on a thread of its own; false where too many wait already.</summary>
    public bool TryHash(string password, CancellationToken cancellation, [NotNullWhen(true)] out Task<byte[]>? stored) =>
        _workers.TryRun(() => Hash(password), cancellation, out stored);

    /// <summary>Whether it is the password that was stored, found out on a thread of its own; false where too many wait already.</summary>
    public bool TryMatch(
        byte[] stored,
        string password,
        CancellationToken cancellation,
        [NotNullWhen(true)] out Task<bool>? matches
    )
    {
        if (password.Length > CharactersMax)
        {
            matches = Task.FromResult(false);
            return true;
        }

        return _workers.TryRun(() => PasswordHash.Matches(stored, password), cancellation, out matches);
    }
}
