namespace EtcdSharp.Server;

/// <summary>
/// The member was removed from its cluster for good; the message says what to do with its data directory. Not a failure: a program ends
/// with code 0, so that whoever watches over it does not start it again.
/// </summary>
public sealed class MemberRemovedException : Exception
{
    public MemberRemovedException() { }

    public MemberRemovedException(string message)
        : base(message) { }

    public MemberRemovedException(string message, Exception innerException)
        : base(message, innerException) { }
}
