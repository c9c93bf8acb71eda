namespace EtcdSharp.Harness;

/// <summary>A call that ended with a status other than OK.</summary>
public sealed class GrpcFailure(GrpcCode code, string detail) : Exception($"{code}: {detail}")
{
    public GrpcCode Code { get; } = code;

    public string Detail { get; } = detail;
}
