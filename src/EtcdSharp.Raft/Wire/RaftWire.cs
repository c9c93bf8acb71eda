namespace EtcdSharp.Raft.Wire;

/// <summary>The raftpb form of entries, states, snapshots, messages and configuration changes.</summary>
public static class RaftWire
{
    public static int SizeOf(in Entry entry) => throw new NotSupportedException("Follows.");

    public static int Encode(in Entry entry, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlyMemory<byte> source, out Entry entry) => throw new NotSupportedException("Follows.");

    public static int SizeOf(in HardState state) => throw new NotSupportedException("Follows.");

    public static int Encode(in HardState state, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlySpan<byte> source, out HardState state) => throw new NotSupportedException("Follows.");

    public static int SizeOf(ConfState state) => throw new NotSupportedException("Follows.");

    public static int Encode(ConfState state, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlySpan<byte> source, out ConfState state) => throw new NotSupportedException("Follows.");

    public static int SizeOf(SnapshotMetadata metadata) => throw new NotSupportedException("Follows.");

    public static int Encode(SnapshotMetadata metadata, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlySpan<byte> source, out SnapshotMetadata metadata) => throw new NotSupportedException("Follows.");

    public static int SizeOf(Snapshot snapshot) => throw new NotSupportedException("Follows.");

    public static int Encode(Snapshot snapshot, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlyMemory<byte> source, out Snapshot snapshot) => throw new NotSupportedException("Follows.");

    public static int SizeOf(Message message) => throw new NotSupportedException("Follows.");

    public static int Encode(Message message, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlyMemory<byte> source, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Message? message) =>
        throw new NotSupportedException("Follows.");

    public static int SizeOf(ConfChange change) => throw new NotSupportedException("Follows.");

    public static int Encode(ConfChange change, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlyMemory<byte> source, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConfChange? change) =>
        throw new NotSupportedException("Follows.");

    public static int SizeOf(ConfChangeV2 change) => throw new NotSupportedException("Follows.");

    public static int Encode(ConfChangeV2 change, Span<byte> destination) => throw new NotSupportedException("Follows.");

    public static bool TryDecode(ReadOnlyMemory<byte> source, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConfChangeV2? change) =>
        throw new NotSupportedException("Follows.");
}
