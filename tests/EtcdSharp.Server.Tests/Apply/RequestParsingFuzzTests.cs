using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Grpc;
using EtcdSharp.Harness;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Server.Tests.Apply;

/// <summary>
/// The parsers written by hand read what the generated ones read. They refuse more: groups and fields of another wire
/// type than their own, which etcd refuses as well.
/// </summary>
public sealed class RequestParsingFuzzTests(ITestOutputHelper output)
{
    private const int DefaultSeconds = 2;

    [Fact]
    public void They_read_what_the_generated_parsers_read()
    {
        var (read, refused) = (0, 0);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds))
        {
            var random = new Random(seed);
            var before = read;
            switch (seed % 5)
            {
                case 0:
                    read += Put(seed, Bytes<PutRequest>(random)) ? 1 : 0;
                    break;
                case 1:
                    read += Delete(seed, Bytes<DeleteRangeRequest>(random)) ? 1 : 0;
                    break;
                case 2:
                    read += Range(seed, Bytes<RangeRequest>(random)) ? 1 : 0;
                    break;
                case 3:
                    read += Comparison(seed, Bytes<Compare>(random)) ? 1 : 0;
                    break;
                default:
                    read += Operation(seed, Bytes<RequestOp>(random)) ? 1 : 0;
                    break;
            }

            refused += read == before ? 1 : 0;
        }

        output.WriteLine($"{read} read, {refused} refused");
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    // Found by the test above.
    [Theory]
    [InlineData("6B0500000000" + "6C")]
    [InlineData("6B0000" + "6C")]
    public void A_field_without_a_number_inside_a_group_is_none(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Null(Parse<DeleteRangeRequest>(bytes));
        Assert.False(RequestParsing.TryReadDelete(bytes, out _));
    }

    [Fact]
    public void Every_transaction_is_checked_as_the_model_checks_it()
    {
        const int operationsMax = 6;
        var answers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds))
        {
            var random = new Random(seed);
            var bytes = Bytes<TxnRequest>(random);
            var error = KvChecks.CheckTxn(bytes, operationsMax, out _);
            var overlap = error is null ? TxnOverlaps.Check(bytes) : null;
            var answer = error?.Message ?? overlap?.Message ?? "taken";
            answers[answer] = answers.GetValueOrDefault(answer) + 1;
            if (!IsOdd(bytes, TxnRequest.Descriptor) && Parse<TxnRequest>(bytes) is { } txn && txn.Equals(Again(txn, bytes)))
            {
                Assert.True(ReferenceEquals(Model(txn, operationsMax), error), $"seed {seed}: {error?.Message}: {txn}");
            }
        }

        output.WriteLine(string.Join(", ", answers.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(answers.Count >= 5, "only " + string.Join(", ", answers.Keys));
    }

    /// <summary>The message once more where its bytes are the ones that the generated writer makes; else null.</summary>
    private static TxnRequest? Again(TxnRequest txn, byte[] bytes) =>
        txn.ToByteArray().AsSpan().SequenceEqual(bytes) ? txn : null;

    private static byte[] Bytes<T>(Random random)
        where T : IMessage, new()
    {
        var bytes = RandomMessage.Of<T>(random).ToByteArray();
        return random.Next(2) == 0 ? bytes : RandomMessage.Damage(bytes, random);
    }

    private static bool Put(int seed, byte[] bytes)
    {
        var isRead = RequestParsing.TryReadPut(bytes, out var put);
        if (Agree<PutRequest>(seed, bytes, isRead) is { } expected)
        {
            Same(seed, expected.Key, put.Key);
            Same(seed, expected.Value, put.Value);
            Assert.Equal(
                (seed, expected.Lease, expected.PrevKv, expected.IgnoreValue, expected.IgnoreLease),
                (seed, put.Lease, put.PrevKv, put.IgnoreValue, put.IgnoreLease)
            );
        }

        return isRead;
    }

    private static bool Delete(int seed, byte[] bytes)
    {
        var isRead = RequestParsing.TryReadDelete(bytes, out var delete);
        if (Agree<DeleteRangeRequest>(seed, bytes, isRead) is { } expected)
        {
            Same(seed, expected.Key, delete.Key);
            Same(seed, expected.RangeEnd, delete.RangeEnd);
            Assert.Equal((seed, expected.PrevKv), (seed, delete.PrevKv));
        }

        return isRead;
    }

    private static bool Range(int seed, byte[] bytes)
    {
        var isRead = RequestParsing.TryReadRange(bytes, out var range, out var serializable);
        if (Agree<RangeRequest>(seed, bytes, isRead) is { } expected)
        {
            Same(seed, expected.Key, range.Key);
            Same(seed, expected.RangeEnd, range.RangeEnd);
            Assert.Equal(
                (seed, expected.Limit, expected.Revision, (int)expected.SortOrder, (int)expected.SortTarget),
                (seed, range.Limit, range.Revision, (int)range.SortOrder, (int)range.SortTarget)
            );
            Assert.Equal(
                (seed, expected.Serializable, expected.KeysOnly, expected.CountOnly),
                (seed, serializable, range.KeysOnly, range.CountOnly)
            );
            Assert.Equal(
                (expected.MinModRevision, expected.MaxModRevision, expected.MinCreateRevision, expected.MaxCreateRevision),
                (range.MinModRevision, range.MaxModRevision, range.MinCreateRevision, range.MaxCreateRevision)
            );
        }

        return isRead;
    }

    private static bool Comparison(int seed, byte[] bytes)
    {
        var isRead = RequestParsing.TryReadCompare(bytes, out var compare);
        if (Agree<Compare>(seed, bytes, isRead) is { } expected)
        {
            Same(seed, expected.Key, compare.Key);
            Same(seed, expected.RangeEnd, compare.RangeEnd);
            Same(seed, expected.Value, compare.Value);
            Assert.Equal((int)expected.TargetUnionCase, compare.OperandField);
            var number = expected.Version | expected.CreateRevision | expected.ModRevision | expected.Lease;
            Assert.Equal(
                (seed, (int)expected.Result, (int)expected.Target, number),
                (seed, (int)compare.Result, (int)compare.Target, compare.Number)
            );
        }

        return isRead;
    }

    private static bool Operation(int seed, byte[] bytes)
    {
        var isRead = RequestParsing.TryReadOperation(bytes, out var operation, out _);

        // What is inside is read later here and at once there: a damaged inside is refused there alone.
        if (isRead && Parse<RequestOp>(bytes) is { } expected)
        {
            Assert.Equal((seed, (int)expected.RequestCase), (seed, (int)operation));
        }

        return isRead;
    }

    /// <summary>The generated parser's result where both have read the bytes.</summary>
    private static T? Agree<T>(int seed, byte[] bytes, bool isRead)
        where T : class, IMessage<T>, new()
    {
        var expected = Parse<T>(bytes);
        var odd = IsOdd(bytes, new T().Descriptor);
        Assert.True(
            isRead == (expected is not null) || (odd && !isRead),
            $"seed {seed}: {(isRead ? "read" : "refused")}, though the generated parser does not agree: {Convert.ToHexString(bytes)}"
        );
        return isRead ? expected : null;
    }

    private static T? Parse<T>(byte[] bytes)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return new MessageParser<T>(() => new T()).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static void Same(int seed, ByteString expected, ReadOnlySpan<byte> got) =>
        Assert.True(expected.Span.SequenceEqual(got), $"seed {seed}: {expected.ToBase64()} was read otherwise");

    /// <summary>Whether the bytes have what is refused here alone: groups, wrong wire types, numbers too long for what they are.</summary>
    private static bool IsOdd(ReadOnlySpan<byte> bytes, MessageDescriptor type)
    {
        while (!bytes.IsEmpty)
        {
            if (!TryVarint(ref bytes, out var tag) || tag > uint.MaxValue || (tag & 7) is 3 or 4 or 6 or 7)
            {
                return true;
            }

            var field = type.FindFieldByNumber((int)(tag >> 3));
            if (field is not null && WireTypeOf(field) != (int)(tag & 7))
            {
                return true;
            }

            ulong length = 0;
            var skipped = (tag & 7) switch
            {
                0 => TryVarint(ref bytes, out _),
                1 => TrySkip(ref bytes, sizeof(ulong)),
                5 => TrySkip(ref bytes, sizeof(uint)),
                _ => TryVarint(ref bytes, out length) && length <= (ulong)bytes.Length,
            };
            if (!skipped || (field?.FieldType == FieldType.Message && IsOdd(bytes[..(int)length], field.MessageType)))
            {
                return true;
            }

            bytes = bytes[(int)length..];
        }

        return false;
    }

    private static int WireTypeOf(FieldDescriptor field) =>
        field.FieldType is FieldType.Bytes or FieldType.String or FieldType.Message ? 2 : 0;

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
        {
            return false;
        }

        bytes = bytes[(int)length..];
        return true;
    }

    private static EtcdError? Model(TxnRequest txn, int operationsMax)
    {
        var count = Math.Max(txn.Compare.Count, Math.Max(txn.Success.Count, txn.Failure.Count));
        if (count > operationsMax)
        {
            return EtcdError.TooManyOps;
        }

        if (txn.Compare.Any(compare => compare.Key.IsEmpty))
        {
            return EtcdError.EmptyKey;
        }

        return txn
            .Success.Concat(txn.Failure)
            .Select(operation => Model(operation, operationsMax - count))
            .FirstOrDefault(e => e is not null);
    }

    private static EtcdError? Model(RequestOp operation, int operationsMax) =>
        operation.RequestCase switch
        {
            RequestOp.RequestOneofCase.RequestRange => Model(operation.RequestRange),
            RequestOp.RequestOneofCase.RequestPut => Model(operation.RequestPut),
            RequestOp.RequestOneofCase.RequestDeleteRange => operation.RequestDeleteRange.Key.IsEmpty ? EtcdError.EmptyKey : null,
            RequestOp.RequestOneofCase.RequestTxn => Model(operation.RequestTxn, operationsMax),
            _ => EtcdError.KeyNotFound,
        };

    private static EtcdError? Model(RangeRequest range) =>
        range.Key.IsEmpty ? EtcdError.EmptyKey
        : !Enum.IsDefined(range.SortOrder) || !Enum.IsDefined(range.SortTarget) ? EtcdError.InvalidSortOption
        : null;

    private static EtcdError? Model(PutRequest put) =>
        put.Key.IsEmpty ? EtcdError.EmptyKey
        : put.IgnoreValue && !put.Value.IsEmpty ? EtcdError.ValueProvided
        : put.IgnoreLease && put.Lease != 0 ? EtcdError.LeaseProvided
        : null;
}
