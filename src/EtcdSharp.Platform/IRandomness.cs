namespace EtcdSharp.Platform;

/// <summary>Where random numbers come from: the system in production, the seed in the simulation.</summary>
public interface IRandomness
{
    ulong NextUInt64();
}
