using EtcdSharp.Raft;

namespace EtcdSharp.Simulation.Checking;

/// <summary>A member's log as raft has accepted it, stored or not.</summary>
internal sealed class ShadowLog
{
    private readonly List<(Entry Entry, ulong Content)> _entries = [];
    private ulong _baseIndex;
    private ulong _baseTerm;

    public ulong Committed { get; set; }

    public ulong LedTerm { get; set; }

    public ulong LastIndex => _baseIndex + (ulong)_entries.Count;

    /// <summary>The lowest index whose term is known.</summary>
    public ulong FirstKnown => Math.Max(1, _baseIndex);

    public void Reset(ulong index, ulong term)
    {
        _entries.Clear();
        _baseIndex = index;
        _baseTerm = term;
    }

    public ulong? TermAt(ulong index)
    {
        if (index == _baseIndex)
        {
            return _baseTerm;
        }

        return index > _baseIndex && index <= LastIndex ? EntryAt(index).Entry.Term : null;
    }

    public (Entry Entry, ulong Content) EntryAt(ulong index) => _entries[(int)(index - _baseIndex) - 1];

    public void Put(in Entry entry, ulong content)
    {
        if (entry.Index <= _baseIndex)
        {
            return;
        }

        var place = (int)(entry.Index - _baseIndex) - 1;
        _entries.RemoveRange(place, _entries.Count - place);
        _entries.Add((entry, content));
    }
}
