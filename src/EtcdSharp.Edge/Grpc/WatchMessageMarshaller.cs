using System.Buffers;
using System.Text;
using EtcdSharp.Grpc;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Edge.Grpc;

/// <summary>Assembles etcdserverpb.WatchResponse by copying the shared bytes of the events behind a few fields.</summary>
internal sealed class WatchMessageMarshaller(ulong clusterId, ulong memberId) : Marshaller<WatchMessage>
{
    /// <summary>Messages up to this size are written into one piece of memory; larger ones event by event.</summary>
    private const int OnePieceBytesMax = 16 * 1024;

    private const int HeaderField = 1;
    private const int WatchIdField = 2;
    private const int CreatedField = 3;
    private const int CanceledField = 4;
    private const int CompactRevisionField = 5;
    private const int CancelReasonField = 6;
    private const int FragmentField = 7;

    public override long Size(WatchMessage message) => SizeOfHead(message) + message.EventBytes;

    public override void Encode(WatchMessage message, IBufferWriter<byte> output)
    {
        var size = Size(message);
        var isOnePiece = size <= OnePieceBytesMax;
        var writer = new ProtoWriter(output.GetSpan(isOnePiece ? (int)size : SizeOfHead(message)));
        WriteHead(ref writer, message);
        if (isOnePiece)
        {
            for (var i = 0; i < message.Count; i++)
            {
                writer.WriteRaw(Event(message, i));
            }

            output.Advance(writer.Position);
            return;
        }

        output.Advance(writer.Position);
        for (var i = 0; i < message.Count; i++)
        {
            output.Write(Event(message, i));
        }
    }

    public override WatchMessage Decode(in ReadOnlySequence<byte> bytes) =>
        throw new NotSupportedException("Watch responses are only ever sent.");

    /// <summary>The size of everything before the events.</summary>
    public int SizeOfHead(in WatchMessage message)
    {
        var response = message.Response;
        var size =
            ProtoWriter.SizeOfBytesField(HeaderField, SizeOfHeader(message))
            + SizeUnlessZero(WatchIdField, (ulong)response.WatchId);
        if (response.Control is { } control)
        {
            size += SizeUnlessZero(CreatedField, control.Created ? 1u : 0u);
            size += SizeUnlessZero(CanceledField, control.Canceled ? 1u : 0u);
            size += SizeUnlessZero(CompactRevisionField, (ulong)control.CompactRevision);
            if (control.CancelReason.Length > 0)
            {
                size += ProtoWriter.SizeOfBytesField(CancelReasonField, Encoding.UTF8.GetByteCount(control.CancelReason));
            }
        }

        return size + SizeUnlessZero(FragmentField, message.IsFragment ? 1u : 0u);
    }

    /// <summary>One event as a field of the message, with the previous key-value where the watcher asked for it.</summary>
    private static ReadOnlySpan<byte> Event(scoped in WatchMessage message, int i)
    {
        if (message.Own?[i] is { } own)
        {
            return own;
        }

        var response = message.Response;
        var place = response.Selection[message.First + i];
        return response.Watcher!.WantsPrevious ? response.Batch!.KeptWithPrevious(place) : response.Batch!.Framed(place);
    }

    private void WriteHead(ref ProtoWriter writer, in WatchMessage message)
    {
        var response = message.Response;
        writer.WriteBytesHeader(HeaderField, SizeOfHeader(message));
        WriteUnlessZero(ref writer, 1, clusterId);
        WriteUnlessZero(ref writer, 2, memberId);
        WriteUnlessZero(ref writer, 3, (ulong)response.Revision);
        WriteUnlessZero(ref writer, 4, message.RaftTerm);
        WriteUnlessZero(ref writer, WatchIdField, (ulong)response.WatchId);
        if (response.Control is { } control)
        {
            WriteUnlessZero(ref writer, CreatedField, control.Created ? 1u : 0u);
            WriteUnlessZero(ref writer, CanceledField, control.Canceled ? 1u : 0u);
            WriteUnlessZero(ref writer, CompactRevisionField, (ulong)control.CompactRevision);
            if (control.CancelReason.Length > 0)
            {
                writer.WriteBytesField(CancelReasonField, Encoding.UTF8.GetBytes(control.CancelReason));
            }
        }

        WriteUnlessZero(ref writer, FragmentField, message.IsFragment ? 1u : 0u);
    }

    private int SizeOfHeader(in WatchMessage message) =>
        SizeUnlessZero(1, clusterId)
        + SizeUnlessZero(2, memberId)
        + SizeUnlessZero(3, (ulong)message.Response.Revision)
        + SizeUnlessZero(4, message.RaftTerm);

    private static int SizeUnlessZero(int field, ulong value) => value == 0 ? 0 : ProtoWriter.SizeOfField(field, value);

    private static void WriteUnlessZero(ref ProtoWriter writer, int field, ulong value)
    {
        if (value != 0)
        {
            writer.WriteField(field, value);
        }
    }
}
