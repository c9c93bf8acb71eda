namespace EtcdSharp.Raft;

public enum RaftLogLevel
{
    Debug = 0,
    Info,
    Warning,
    Error,
}
