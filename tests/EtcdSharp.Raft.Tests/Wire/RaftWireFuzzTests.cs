using EtcdSharp.Raft.Tests.Scripting;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Tests.Wire;

/// <summary>Whatever the bytes, decoding ends with a value or with false; what it gives can be written again.</summary>
public sealed class RaftWireFuzzTests
{
    private const int Inputs = 20_000;

    [Fact]
    public void Random_bytes_do_no_harm()
    {
        var random = new SequenceRandomness(42);
        var refused = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var bytes = new byte[random.NextUInt64() % 60];
            for (var position = 0; position < bytes.Length; position++)
            {
                bytes[position] = (byte)random.NextUInt64();
            }

            refused += DecodeAll(bytes) ? 0 : 1;
        }

        Assert.InRange(refused, Inputs / 2, Inputs - 1);
    }

    [Fact]
    public void Damaged_messages_do_no_harm()
    {
        var random = new SequenceRandomness(43);
        var refused = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var message = RaftWireTests.NextMessage(random);
            var bytes = new byte[RaftWire.SizeOf(message)];
            RaftWire.Encode(message, bytes);
            for (var damage = 0UL; damage <= random.NextUInt64() % 3; damage++)
            {
                bytes[random.NextUInt64() % (ulong)bytes.Length] = (byte)random.NextUInt64();
            }

            refused += DecodeAll(bytes) ? 0 : 1;
        }

        Assert.InRange(refused, 1, Inputs - 1);
    }

    [Fact]
    public void Every_truncation_is_survived()
    {
        var random = new SequenceRandomness(44);
        for (var i = 0; i < 50; i++)
        {
            var message = RaftWireTests.NextMessage(random);
            var bytes = new byte[RaftWire.SizeOf(message)];
            RaftWire.Encode(message, bytes);
            for (var length = 0; length < bytes.Length; length++)
            {
                DecodeAll(bytes.AsMemory(0, length));
            }
        }
    }

    /// <summary>True when the bytes are a message; all other decoders get them too.</summary>
    private static bool DecodeAll(ReadOnlyMemory<byte> bytes)
    {
        if (RaftWire.TryDecode(bytes, out Entry entry))
        {
            Assert.Equal(RaftWire.SizeOf(entry), RaftWire.Encode(entry, new byte[RaftWire.SizeOf(entry)]));
        }

        if (RaftWire.TryDecode(bytes, out Snapshot snapshot))
        {
            Assert.Equal(RaftWire.SizeOf(snapshot), RaftWire.Encode(snapshot, new byte[RaftWire.SizeOf(snapshot)]));
        }

        if (RaftWire.TryDecode(bytes, out ConfChange? v1))
        {
            Assert.Equal(RaftWire.SizeOf(v1), RaftWire.ToBytes(v1).Length);
        }

        if (RaftWire.TryDecode(bytes, out ConfChangeV2? v2))
        {
            Assert.Equal(RaftWire.SizeOf(v2), RaftWire.ToBytes(v2).Length);
        }

        RaftWire.TryDecode(bytes.Span, out HardState _);
        RaftWire.TryDecode(bytes.Span, out ConfState _);
        RaftWire.TryDecode(bytes.Span, out SnapshotMetadata _);
        if (!RaftWire.TryDecode(bytes, out Message? message))
        {
            return false;
        }

        Assert.Equal(RaftWire.SizeOf(message), RaftWire.Encode(message, new byte[RaftWire.SizeOf(message)]));
        return true;
    }
}
