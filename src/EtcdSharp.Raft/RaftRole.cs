namespace EtcdSharp.Raft;

public enum RaftRole
{
    Follower = 0,
    Candidate,
    Leader,
    PreCandidate,
}
