using EtcdSharp.Platform;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>The same numbers in every run (splitmix64).</summary>
internal sealed class SequenceRandomness(ulong seed) : IRandomness
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
