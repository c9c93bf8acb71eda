using System.Buffers;
using System.Runtime.InteropServices;

namespace EtcdSharp.Server.Node;

/// <summary>Pieces of memory as one sequence.</summary>
internal sealed class PieceSequence : ReadOnlySequenceSegment<byte>
{
    private PieceSequence(ReadOnlyMemory<byte> piece, long before)
    {
        Memory = piece;
        RunningIndex = before;
    }

    public static ReadOnlySequence<byte> Of(List<ArraySegment<byte>> pieces, ReadOnlyMemory<byte> last)
    {
        var first = new PieceSequence(pieces[0], 0);
        var end = first;
        foreach (var piece in CollectionsMarshal.AsSpan(pieces)[1..])
        {
            end = end.Append(piece);
        }

        end = end.Append(last);
        return new ReadOnlySequence<byte>(first, 0, end, last.Length);
    }

    private PieceSequence Append(ReadOnlyMemory<byte> piece)
    {
        var next = new PieceSequence(piece, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
