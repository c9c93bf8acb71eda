using System.Runtime.InteropServices;

namespace EtcdSharp.Grpc;

/// <summary>What a handler answers: a message, or the status of a refusal. Both convert implicitly.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct GrpcResult<T>
{
    private GrpcResult(T? value, GrpcStatus status)
    {
        Value = value;
        Status = status;
    }

    /// <summary>The message; meaningful only where <see cref="Status"/> is OK.</summary>
    public T? Value { get; }

    public GrpcStatus Status { get; }

    public static implicit operator GrpcResult<T>(T value) => new(value, GrpcStatus.Ok);

    public static implicit operator GrpcResult<T>(GrpcStatus status) =>
        status.IsOk ? throw new ArgumentException("a refusal needs a code other than OK", nameof(status)) : new(default, status);
}
