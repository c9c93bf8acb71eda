using System.Text;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>The textual form of messages, entries and readies in scripts.</summary>
internal static class Describe
{
    public static string Ready(Ready ready)
    {
        var text = new StringBuilder();
        if (ready.SoftState is { } soft)
        {
            text.Append($"Lead:{soft.Leader} State:State{soft.Role}\n");
        }

        if (ready.HardState is { } hard)
        {
            var vote = hard.Vote == 0 ? "" : $" Vote:{hard.Vote}";
            text.Append($"HardState Term:{hard.Term}{vote} Commit:{hard.Commit}\n");
        }

        if (ready.ReadStates.Length > 0)
        {
            text.Append("ReadStates:\n");
            foreach (var state in ready.ReadStates)
            {
                text.Append($"{state.Index} {Quote(state.RequestContext.Span)}\n");
            }
        }

        if (!ready.Entries.IsEmpty)
        {
            text.Append("Entries:\n").Append(Entries(ready.Entries.Span));
        }

        if (ready.Snapshot is { } snapshot)
        {
            text.Append($"Snapshot {Snapshot(snapshot)}\n");
        }

        if (!ready.CommittedEntries.IsEmpty)
        {
            text.Append("CommittedEntries:\n").Append(Entries(ready.CommittedEntries.Span));
        }

        if (ready.Messages.Length > 0)
        {
            text.Append("Messages:\n");
            foreach (var message in ready.Messages)
            {
                text.Append(Message(message)).Append('\n');
            }
        }

        return text.Length == 0 ? "<empty Ready>" : $"Ready MustSync={(ready.MustSync ? "true" : "false")}:\n{text}";
    }

    public static string Message(Message message, bool withResponses = true, string indent = "")
    {
        var text = new StringBuilder();
        text.Append(
            $"{indent}{Target(message.From)}->{Target(message.To)} {message.Type} Term:{message.Term} Log:{message.LogTerm}/{message.Index}"
        );
        text.Append(message.Reject ? $" Rejected (Hint: {message.RejectHint})" : "");
        text.Append(message.Commit != 0 ? $" Commit:{message.Commit}" : "");
        text.Append(message.Vote != 0 ? $" Vote:{message.Vote}" : "");
        if (message.Entries.Length == 1)
        {
            text.Append($" Entries:[{Entry(message.Entries.Span[0])}]");
        }
        else if (message.Entries.Length > 1)
        {
            text.Append(" Entries:[");
            foreach (var entry in message.Entries.Span)
            {
                text.Append($"\n{indent}  {Entry(entry)}");
            }

            text.Append($"\n{indent}]");
        }

        if (message.Snapshot is { } snapshot)
        {
            text.Append($"\n{indent}  Snapshot: {Snapshot(snapshot)}");
        }

        if (withResponses && !message.Responses.IsEmpty)
        {
            text.Append(" Responses:[");
            foreach (var response in message.Responses.Span)
            {
                text.Append('\n').Append(Message(response, withResponses: true, indent + "  "));
            }

            text.Append($"\n{indent}]");
        }

        return text.ToString();
    }

    public static string Entries(ReadOnlySpan<Entry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(Entry(entry)).Append('\n');
        }

        return text.ToString();
    }

    private static string Entry(Entry entry)
    {
        var formatted = entry.Type switch
        {
            EntryType.Normal => Quote(entry.Data.Span),
            EntryType.ConfChange => RaftWire.TryDecode(entry.Data, out ConfChange? v1) ? Changes(v1.AsV2()) : "<malformed>",
            _ => RaftWire.TryDecode(entry.Data, out ConfChangeV2? v2) ? Changes(v2) : "<malformed>",
        };
        return $"{entry.Term}/{entry.Index} Entry{entry.Type}{(formatted.Length == 0 ? "" : " " + formatted)}";
    }

    private static string Changes(ConfChangeV2 change) =>
        string.Join(
            ' ',
            change.Changes.Select(single =>
                single.Type switch
                {
                    ConfChangeType.AddNode => $"v{single.NodeId}",
                    ConfChangeType.AddLearnerNode => $"l{single.NodeId}",
                    ConfChangeType.RemoveNode => $"r{single.NodeId}",
                    _ => $"u{single.NodeId}",
                }
            )
        );

    private static string Snapshot(Snapshot snapshot) =>
        $"Index:{snapshot.Metadata.Index} Term:{snapshot.Metadata.Term} ConfState:{snapshot.Metadata.ConfState}";

    private static string Target(ulong id) =>
        id switch
        {
            RaftIds.None => "None",
            RaftIds.LocalAppendThread => "AppendThread",
            RaftIds.LocalApplyThread => "ApplyThread",
            _ => id.ToString("x"),
        };

    private static string Quote(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder("\"");
        foreach (var value in data)
        {
            text.Append(
                value switch
                {
                    (byte)'"' => "\\\"",
                    (byte)'\\' => "\\\\",
                    >= 0x20 and < 0x7F => ((char)value).ToString(),
                    _ => $"\\x{value:x2}",
                }
            );
        }

        return text.Append('"').ToString();
    }
}
