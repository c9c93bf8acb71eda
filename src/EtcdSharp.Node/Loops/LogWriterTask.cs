using System.Runtime.InteropServices;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Node.Loops;

/// <summary>One thing for the log writer: an append message or an action on the log, never both.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogWriterTask(Message? Append, Action<WriteAheadLog>? Action);
