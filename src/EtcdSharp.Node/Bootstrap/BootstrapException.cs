namespace EtcdSharp.Node.Bootstrap;

/// <summary>A member cannot start: the message says what stands in the way, for the operator.</summary>
public sealed class BootstrapException : Exception
{
    public BootstrapException() { }

    public BootstrapException(string message)
        : base(message) { }

    public BootstrapException(string message, Exception innerException)
        : base(message, innerException) { }
}
