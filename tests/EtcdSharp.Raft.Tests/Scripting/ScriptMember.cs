namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>A member of the scripted cluster with what is stored and what waits for its storage threads.</summary>
internal sealed class ScriptMember(RaftNode node, RaftConfig config, MemoryStorage log, List<Snapshot> history)
{
    public RaftNode Node { get; } = node;

    public RaftConfig Config { get; } = config;

    public MemoryStorage Log { get; } = log;

    public List<Snapshot> History { get; } = history;

    public Queue<Message> AppendWork { get; } = new();

    public Queue<Message> ApplyWork { get; } = new();
}
