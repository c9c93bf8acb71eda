namespace EtcdSharp.Grpc;

/// <summary>How a call ended: a code, and for people a message. <c>default</c> is OK.</summary>
public readonly record struct GrpcStatus
{
    private readonly string? message;

    public GrpcStatus(StatusCode code, string message)
    {
        Code = code;
        this.message = message;
    }

    public static GrpcStatus Ok => default;

    public StatusCode Code { get; }

    public string Message => message ?? string.Empty;

    public bool IsOk => Code == StatusCode.OK;

    public override string ToString() => Message.Length == 0 ? Code.ToString() : $"{Code}: {Message}";
}
