using EtcdSharp.Platform;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Auth;

/// <summary>Makes and checks the stored forms of passwords, at the cost that <c>--bcrypt-cost</c> asks for.</summary>
internal sealed class Passwords
{
    private const int DefaultCost = 10;

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
}
