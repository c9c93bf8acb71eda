namespace EtcdSharp.Platform.Simulated;

/// <summary>Randomness from a seed (SplitMix64): the same seed gives the same numbers on every machine and version.</summary>
public sealed class SeededRandom(ulong seed) : IRandomness
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(NextUInt64() % (uint)bound);
}
