namespace EtcdSharp.Client.Tests.Support;

/// <summary>Which server a client talks to, and how.</summary>
public enum Way
{
    /// <summary>Over HTTP/2 to the reference.</summary>
    Real,

    /// <summary>Over HTTP/2 to the program of this repository.</summary>
    Ours,

    /// <summary>To a member in this process, without a connection.</summary>
    InProcess,
}
