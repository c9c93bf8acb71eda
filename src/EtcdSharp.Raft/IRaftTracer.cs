namespace EtcdSharp.Raft;

/// <summary>A hook on every step of the state machine, for tests, simulation and trace checking.</summary>
public interface IRaftTracer
{
    /// <param name="step">What just happened.</param>
    /// <param name="status">The state after it.</param>
    /// <param name="message">The message sent or received, or null.</param>
    void Trace(RaftTraceEvent step, in RaftBasicStatus status, Message? message);
}
