namespace EtcdSharp.Raft;

/// <summary>Where raft tells what it does, called on the thread that drives the node. Texts are formatted only when enabled.</summary>
public interface IRaftLogSink
{
    bool IsEnabled(RaftLogLevel level);

    void Write(RaftLogLevel level, string text);
}
