using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// The answer to a transaction that only reads, all of one revision, when it is too large to be built: what its branches
/// decided, with a walk in the place of each range. The frames around the ranges are put together once all are measured.
/// </summary>
internal sealed class TxnWalk : ISlicedAnswer
{
    private const int SucceededField = 2;
    private const int ResponsesField = 3;
    private const int HeaderField = 1;
    private const int HeaderRevisionField = 3;
    private const int MoreField = 3;
    private const int CountField = 4;
    private const int SuccessBranch = 2;
    private const int FailureBranch = 3;

    private readonly MvccStore _store;
    private readonly IReadOnlyList<bool> _branches;
    private readonly List<RangeWalk> _walks = [];
    private readonly Node _root;
    private readonly List<byte[]> _heads = [];
    private bool _isOvertaken;
    private int _nextBranch;
    private int _place;
    private int _offset;

    private TxnWalk(MvccStore store, ReadOnlySpan<byte> txn, IReadOnlyList<bool> branches, long revision)
    {
        _store = store;
        _branches = branches;
        Revision = revision;
        _root = Plan(txn);
    }

    /// <summary>What all ranges without a revision of their own are read at.</summary>
    public long Revision { get; }

    /// <summary>In the order of the answer; each is to be measured before anything is written.</summary>
    public IReadOnlyList<RangeWalk> Walks => _walks;

    public bool IsOvertaken => _walks.Exists(static walk => walk.IsOvertaken);

    /// <summary>The fields of the TxnResponse after its header.</summary>
    public long Bytes => SizeOfTxn(_root);

    /// <summary>Null with the refusal.</summary>
    /// <exception cref="TxnExecutionException">A compaction overtook it; it is to be begun again.</exception>
    public static TxnWalk? Begin(MvccStore store, ReadOnlySpan<byte> txn, out EtcdError? refusal)
    {
        var execution = new TxnExecution();
        using var reader = store.BeginRead();
        refusal = execution.Check(txn, reader, static _ => true);
        if (refusal is not null)
        {
            return null;
        }

        var walk = new TxnWalk(store, txn, execution.Branches, reader.Revision);
        if (!walk._isOvertaken)
        {
            return walk;
        }

        walk.Dispose();
        throw new TxnExecutionException(MvccStatus.Compacted);
    }

    public bool Write(Span<byte> destination, int keysMax, out int length)
    {
        if (_heads.Count == 0)
        {
            Frame();
        }

        length = 0;
        while (_place < _heads.Count)
        {
            var head = _heads[_place].AsSpan(_offset);
            var copied = Math.Min(head.Length, destination.Length - length);
            head[..copied].CopyTo(destination[length..]);
            length += copied;
            _offset += copied;
            if (copied < head.Length)
            {
                return false;
            }

            if (_place < _walks.Count)
            {
                var isWritten = _walks[_place].Write(destination[length..], keysMax, out var more);
                length += more;
                if (!isWritten)
                {
                    return false;
                }
            }

            _place++;
            _offset = 0;
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var walk in _walks)
        {
            walk.Dispose();
        }
    }

    private Node Plan(ReadOnlySpan<byte> txn)
    {
        var node = new Node { Succeeded = _branches[_nextBranch++], Children = [] };
        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field != (node.Succeeded ? SuccessBranch : FailureBranch))
            {
                fields.Skip();
                continue;
            }

            RequestParsing.TryReadOperation(fields.ReadBytes(), out var kind, out var request);
            node.Children.Add(
                kind switch
                {
                    OperationKind.Range => new Node { Walk = BeginWalk(request) },
                    OperationKind.Txn => Plan(request),
                    _ => new Node(),
                }
            );
        }

        return node;
    }

    private RangeWalk? BeginWalk(ReadOnlySpan<byte> request)
    {
        RequestParsing.TryReadRange(request, out var query, out _);
        query.Revision = query.Revision > 0 ? query.Revision : Revision;
        if (_store.BeginWalk(query, out _) is not { } walk)
        {
            // The revision was there at the check.
            _isOvertaken = true;
            return null;
        }

        _walks.Add(walk);
        return walk;
    }

    private void Frame()
    {
        var head = new List<byte>();
        FrameTxn(_root, head);
        _heads.Add([.. head]);
    }

    private void FrameTxn(Node txn, List<byte> head)
    {
        if (txn.Succeeded)
        {
            AppendField(head, SucceededField, 1);
        }

        foreach (var child in txn.Children!)
        {
            AppendHeader(head, ResponsesField, SizeOfOperation(child));
            if (child.Walk is { } walk)
            {
                AppendHeader(head, (int)OperationKind.Range, SizeOfRange(walk));
                AppendHeader(head, HeaderField, ProtoWriter.SizeOfField(HeaderRevisionField, Revision));
                AppendField(head, HeaderRevisionField, (ulong)Revision);
                _heads.Add([.. head]);
                head.Clear();
                AppendTail(head, walk);
            }
            else if (child.Children is not null)
            {
                AppendHeader(head, (int)OperationKind.Txn, SizeOfNested(child));

                // A nested transaction's header is there and empty.
                AppendHeader(head, HeaderField, 0);
                FrameTxn(child, head);
            }
        }
    }

    private static void AppendTail(List<byte> head, RangeWalk walk)
    {
        if (walk.More)
        {
            AppendField(head, MoreField, 1);
        }

        if (walk.Count != 0)
        {
            AppendField(head, CountField, (ulong)walk.Count);
        }
    }

    private long SizeOfTxn(Node txn) =>
        (txn.Succeeded ? ProtoWriter.SizeOfField(SucceededField, 1UL) : 0)
        + txn.Children!.Sum(child => SizeOfBytesField(ResponsesField, SizeOfOperation(child)));

    private long SizeOfOperation(Node operation) =>
        operation.Walk is { } walk ? SizeOfBytesField((int)OperationKind.Range, SizeOfRange(walk))
        : operation.Children is not null ? SizeOfBytesField((int)OperationKind.Txn, SizeOfNested(operation))
        : 0;

    private long SizeOfNested(Node txn) => ProtoWriter.SizeOfBytesField(HeaderField, 0) + SizeOfTxn(txn);

    private long SizeOfRange(RangeWalk walk) =>
        ProtoWriter.SizeOfBytesField(HeaderField, ProtoWriter.SizeOfField(HeaderRevisionField, Revision))
        + walk.Bytes
        + (walk.More ? ProtoWriter.SizeOfField(MoreField, 1UL) : 0)
        + (walk.Count != 0 ? ProtoWriter.SizeOfField(CountField, walk.Count) : 0);

    private static long SizeOfBytesField(int field, long length) =>
        ProtoWriter.SizeOfTag(field) + ProtoWriter.SizeOfVarint((ulong)length) + length;

    private static void AppendField(List<byte> head, int field, ulong value)
    {
        Span<byte> bytes = stackalloc byte[16];
        var writer = new ProtoWriter(bytes);
        writer.WriteField(field, value);
        head.AddRange(bytes[..writer.Position]);
    }

    /// <summary>No length is beyond an int: the call has refused an answer that is.</summary>
    private static void AppendHeader(List<byte> head, int field, long length)
    {
        Span<byte> bytes = stackalloc byte[16];
        var writer = new ProtoWriter(bytes);
        writer.WriteBytesHeader(field, checked((int)length));
        head.AddRange(bytes[..writer.Position]);
    }

    /// <summary>A range, a transaction with its operations, or an operation of which nothing was asked.</summary>
    private sealed class Node
    {
        public bool Succeeded { get; init; }

        public List<Node>? Children { get; init; }

        public RangeWalk? Walk { get; init; }
    }
}
