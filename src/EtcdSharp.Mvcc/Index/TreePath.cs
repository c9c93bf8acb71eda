using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtcdSharp.Mvcc.Index;

/// <summary>The inner nodes from the root down to a leaf, and which child was taken at each.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TreePath
{
    /// <summary>Inner nodes split at 64 children into halves: 12 levels hold 32^12 leaves.</summary>
    public const int LevelsMax = 12;

    public int Levels;
    private Nodes _nodes;
    private Places _places;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref TreeInner Node(int level) => ref _nodes[level];

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref int Place(int level) => ref _places[level];

    public void Push(TreeInner node, int place)
    {
        if (Levels == LevelsMax)
        {
            throw new InvalidOperationException("the key tree is deeper than it can be");
        }

        _nodes[Levels] = node;
        _places[Levels++] = place;
    }

    /// <summary>The lowest key behind the leaf that the path leads to; null at the right edge.</summary>
    public byte[]? UpperBound()
    {
        for (var level = Levels - 1; level >= 0; level--)
        {
            if (_places[level] < _nodes[level].Separators.Length)
            {
                return _nodes[level].Separators[_places[level]];
            }
        }

        return null;
    }

    [InlineArray(LevelsMax)]
    private struct Nodes
    {
        private TreeInner _first;
    }

    [InlineArray(LevelsMax)]
    private struct Places
    {
        private int _first;
    }
}
