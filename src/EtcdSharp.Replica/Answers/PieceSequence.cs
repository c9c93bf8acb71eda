using System.Buffers;

namespace EtcdSharp.Replica.Answers;

/// <summary>Pieces of memory as one sequence.</summary>
internal sealed class PieceSequence : ReadOnlySequenceSegment<byte>
{
    private PieceSequence(ReadOnlyMemory<byte> piece, long before)
    {
        Memory = piece;
        RunningIndex = before;
    }

    public static ReadOnlySequence<byte> Of(IEnumerable<ResponsePiece> pieces)
    {
        var first = new PieceSequence(default, 0);
        var end = first;
        foreach (var piece in pieces)
        {
            end = end.Append(piece.Memory);
        }

        return new ReadOnlySequence<byte>(first, 0, end, end.Memory.Length);
    }

    private PieceSequence Append(ReadOnlyMemory<byte> piece)
    {
        var next = new PieceSequence(piece, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
